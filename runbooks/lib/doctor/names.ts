import { GetRoleCommand, IAMClient } from "@aws-sdk/client-iam";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { anyKind, kinds, listTags, type ResourceKindName } from "pulumi-personalize/core";
import { isNotFound } from "pulumi-personalize/errors";
import { hasName } from "terminal-text";
import { whoAmI } from "../stack/stack.ts";
import { interactionsSchemaFor } from "../stack/stack-config.ts";
import type { AccountDeps } from "./account.ts";
import { type Check, type Finding, fail, ok } from "./check.ts";

/**
 * Checks of the stack's names, which must be free or belong to the stack: a resource of another owner makes `up` fail
 * halfway.
 */

const otherNames = (stack: string) => `pulumi config set --stack ${stack} nameSuffix -- -<name>`;

/** Checks that the role name is the stack's own, or free in the account. */
export const roleName: Check<AccountDeps> = async ({ config, held }) => {
    const name = config.names.role;
    try {
        await new IAMClient({ region: config.region }).send(new GetRoleCommand({ RoleName: name }));
    } catch (error) {
        if (hasName(error, "NoSuchEntityException")) return ok(`${name} is free`);
        throw error;
    }
    return held.has(`aws:iam/role:Role ${name}`)
        ? ok(`${name} is the stack's own`)
        : fail(`role ${name} exists, and stack ${config.stack} does not have it`, otherNames(config.stack));
};

/**
 * Checks existing Personalize resources, which `up` adopts if their tags are the stack's. A schema has no tags, so its
 * text decides.
 */
export const personalizeNames: Check<AccountDeps> = async ({ config }) => {
    const { names, region, tags, stack, adopt, filters, nameSuffix, watchedFilter } = config;
    const { partition, accountId } = await whoAmI(config.region);
    const client = new PersonalizeClient({ region });
    const arn = (tail: string) => `arn:${partition}:personalize:${region}:${accountId}:${tail}`;
    const of = (kind: ResourceKindName, tail: string) => async () => {
        const { noun, describe } = anyKind(kinds[kind]);
        await describe(client, arn(tail));
        const has = await listTags(client, arn(tail));
        return ["pulumi:project", "pulumi:stack"].every((key) => has[key] === tags[key])
            ? undefined
            : `${noun} ${tail.split("/").at(-1)} exists, and its tags are ${JSON.stringify(has)}`;
    };
    // A filter that is deployed without the suffix keeps its name, so it needs no check.
    const filterNames = [
        ...Object.keys(filters).map((name) => `${name}${nameSuffix}`),
        ...(watchedFilter ? [names.watchedFilter] : []),
    ];
    // A resource in config `adopt` may have another owner's tags.
    const checks = Object.entries({
        datasetGroup: of("DatasetGroup", `dataset-group/${names.datasetGroup}`),
        solution: of("Solution", `solution/${names.solution}`),
        campaign: of("Campaign", `campaign/${names.campaign}`),
        schema: async () => {
            const { properties } = await kinds.Schema.describe(client, arn(`schema/${names.schema}`));
            return sameJson(String(properties.schema), await interactionsSchemaFor(config))
                ? undefined
                : `schema ${names.schema} exists with another text`;
        },
        ...Object.fromEntries(filterNames.map((name) => [`filter ${name}`, of("Filter", `filter/${name}`)])),
    }).flatMap(([key, check]) => (key in adopt ? [] : [check]));
    const answers = await Promise.allSettled(checks.map((check) => check()));
    const taken: string[] = [];
    const unclear: unknown[] = [];
    let ours = 0;
    for (const answer of answers) {
        if (answer.status === "fulfilled") {
            answer.value === undefined ? ours++ : taken.push(answer.value);
        } else if (!isNotFound(answer.reason)) {
            unclear.push(answer.reason);
        }
    }
    if (taken.length === 0 && unclear.length > 0) throw unclear[0];
    return judged(taken, ours, checks.length, stack);
};

function judged(taken: readonly string[], ours: number, of: number, stack: string): Finding {
    return taken.length > 0
        ? fail(taken.join("; "), otherNames(stack))
        : ok(ours === 0 ? `all ${of} are free` : `${ours} of ${of} exist and belong to the stack; the others are free`);
}

function sameJson(a: string, b: string): boolean {
    try {
        return JSON.stringify(JSON.parse(a)) === JSON.stringify(JSON.parse(b));
    } catch {
        return false;
    }
}
