import type { ConditionBlock } from "policy-evaluator";
import { namesFor } from "../../../config/config.ts";
import { bucketNameFor } from "../../../config/names.ts";
import { type Grant, type OperatorScope, prefixActions } from "../../../iam/operator/scope.ts";
import { operatorGrants } from "../../../iam/operator.ts";
import { itemAt } from "../../support/item-at.ts";

/** A request that no policy of the operator may allow. */
interface Trespass {
    /** The limit of the policies that the request exceeds: the stack, the region, the account, or a condition key. */
    readonly fence: string;
    readonly action: string;
    readonly resource: string;
    readonly context: Readonly<Record<string, string>>;
}

const elsewhere = "us-east-1";
const stranger = "999988887777";

/**
 * Returns names of other stacks, most of which could match a pattern for the operated stack because they begin or end
 * with its name.
 */
const otherStacks = ({ stack }: OperatorScope) => [
    "prod",
    `eu-${stack}`,
    `${stack}2`,
    `${stack}-2`,
    `${stack}-01234567`,
    `${stack}-abcdefgh-1`,
];

/** Returns the scopes of other stacks' operators, in the same account and region. */
export const otherScopes = (scope: OperatorScope): readonly OperatorScope[] =>
    otherStacks(scope).map((stack) => scopeOfStack(scope, stack));

function scopeOfStack(scope: OperatorScope, stack: string): OperatorScope {
    const bucketName = bucketNameFor({ bucketName: "", stack }, scope.accountId);
    return { ...scope, stack, bucketName, names: namesFor(stack) };
}

/**
 * Returns requests for granted actions, each of which exceeds one limit of the grant. Requests on another stack use the
 * resources that the policies for that stack's operator allow. Actions without a limit, such as listing the account's
 * budgets, have no such requests.
 */
export function trespasses(scope: OperatorScope): readonly Trespass[] {
    const others = otherScopes(scope);
    const all = operatorGrants(scope).flatMap((grant, index) => {
        const requests = (fence: string, context: Trespass["context"], on: readonly string[]) =>
            prefixActions(grant).flatMap((action) =>
                on.map((pattern) => ({ fence, action, resource: sampleOf(pattern), context })),
            );
        const met = contextOf(grant, scope);
        const away = grant.on.map((arn) => arn.replace(`:${scope.region}:`, `:${elsewhere}:`));
        const foreign = grant.on.map((arn) => arn.replace(`:${scope.accountId}:`, `:${stranger}:`));
        return [
            ...others.flatMap((other) => {
                const theirs = itemAt(operatorGrants(other), index);
                return isSame(grant, theirs)
                    ? []
                    : requests(`stack ${other.stack}`, contextOf(theirs, other), theirs.on);
            }),
            ...(isRegional(grant) ? requests("region", { ...met, "aws:RequestedRegion": elsewhere }, away) : []),
            ...requests(
                "account",
                met,
                foreign.filter((arn, each) => arn !== grant.on[each]),
            ),
            ...keysOf(grant).flatMap((key) => requests(key, { ...met, [key]: "of-another-owner" }, grant.on)),
        ];
    });
    return [...new Map(all.map((each) => [JSON.stringify({ ...each, fence: "" }), each])).values()];
}

const isSame = (grant: Grant, theirs: Grant) =>
    JSON.stringify([grant.on, grant.condition]) === JSON.stringify([theirs.on, theirs.condition]);

/** Checks whether the resources or the condition of a grant limit it to the stack's region. */
const isRegional = ({ on, condition }: Grant) =>
    on.every((arn) => /^arn:[^:]+:[^:]+:[^:]+:/.test(arn)) ||
    JSON.stringify(condition ?? {}).includes("RequestedRegion");

/** Returns an example ARN that matches a pattern. */
export const sampleOf = (pattern: string): string => {
    const filled = pattern.replaceAll(/\$\{aws:username\}/g, "ann").replaceAll("?", "0");
    return filled === "*" ? "*" : filled.replaceAll("*", "x1");
};

const keysOf = ({ condition = {} }: Grant) =>
    conditionsOf(condition)
        .map(([key]) => key)
        .filter((key) => key !== "aws:RequestedRegion");

/** Returns the context of a call that meets a grant's conditions. */
const contextOf = ({ condition = {} }: Grant, { region }: OperatorScope): Record<string, string> => ({
    "aws:RequestedRegion": region,
    ...Object.fromEntries(conditionsOf(condition)),
});

const conditionsOf = (condition: ConditionBlock): [key: string, value: string][] =>
    Object.entries(condition)
        .filter(([operator]) => operator !== "Null")
        .flatMap(([, block]) => Object.entries(block))
        .map(([key, value]) => [key, String([value].flat()[0])]);
