import assert from "node:assert/strict";
import { authorize, type ConditionBlock, type Statement, toList } from "policy-evaluator";
import { namesFor } from "../../../core/config/config.ts";
import { bucketNameFor } from "../../../core/config/names.ts";
import { isGithubSubject } from "../../../core/iam/github-trust.ts";
import { rolesOf } from "../../../core/iam/operator/functions.ts";
import {
    type Grant,
    type OperatorScope,
    policyKinds,
    prefixActions,
    roleArn,
} from "../../../core/iam/operator/scope.ts";
import { operatorGrants, operatorPolicy, rolesBoundary } from "../../../core/iam/operator.ts";
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
const otherScopes = (scope: OperatorScope): readonly OperatorScope[] =>
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
function trespasses(scope: OperatorScope): readonly Trespass[] {
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
const sampleOf = (pattern: string): string => {
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

const scopeOf = (stack: string): OperatorScope => ({
    partition: "aws",
    region: "eu-central-1",
    accountId: "123456789012",
    project: "movie-recommender",
    stack,
    bucketName: `my-movie-recommender-data-123456789012-${stack}`,
    names: namesFor(stack),
});
const operator = { arn: "arn:aws:iam::123456789012:user/ann" };
const inLambda = { "lambda:SourceFunctionArn": "arn:aws:lambda:eu-central-1:123456789012:function:any" };

describe("Limits of the operator policies", () => {
    for (const stack of ["dev", "team"]) {
        it(`the operator policies for stack ${stack} allow no request to resources outside the stack`, () => {
            const scope = scopeOf(stack);
            const identity = policyKinds.map((name) => ({ name, document: operatorPolicy(scope, name) }));
            // A campaign accepts only filters of its own dataset group, so the policy allows all filters.
            const requests = trespasses(scope).filter(
                ({ action, resource }) => !(action.endsWith(":GetRecommendations") && resource.includes(":filter/")),
            );
            assert.ok(requests.length > 2000, `${requests.length}`);
            const allowed = requests.filter(({ action, resource, context }) => {
                const request = { caller: operator, action, resource, context };
                return authorize(request, { identity }, scope.accountId).decision === "allowed";
            });
            assert.deepEqual(allowed, []);
        });

        it(`the permissions boundary of stack ${stack} allows no request to resources that only another stack's boundary names`, () => {
            const scope = scopeOf(stack);
            const own = new Set(boundaryPairs(scope).map((pair) => JSON.stringify(pair)));
            const requests = otherScopes(scope)
                .flatMap(boundaryPairs)
                .filter((pair) => !own.has(JSON.stringify(pair)));
            assert.ok(requests.length > 200, `${requests.length}`);
            const policies = {
                identity: [{ name: "opened", document: everything }],
                boundary: [{ name: "boundary", document: rolesBoundary(scope) }],
            };
            const allowed = requests.filter(({ action, arn, context }) => {
                const request = {
                    caller: operator,
                    action,
                    resource: sampleOf(arn),
                    context: { ...context, ...inLambda },
                };
                return authorize(request, policies, scope.accountId).decision === "allowed";
            });
            assert.deepEqual(allowed, []);
        });
    }

    it("the operator policies allow import jobs and schemas with any number or hash suffix", () => {
        const scope = scopeOf("dev");
        const identity = policyKinds.map((name) => ({ name, document: operatorPolicy(scope, name) }));
        const may = (action: string, tail: string) => {
            const resource = `arn:aws:personalize:eu-central-1:123456789012:${tail}`;
            return authorize({ caller: operator, action, resource, context: {} }, { identity }).decision;
        };
        for (const number of [1, 12, 999]) {
            const job = `dataset-import-job/item_interactions_import_job-0a1b2c3d-${number}`;
            assert.equal(may("personalize:CreateDatasetImportJob", job), "allowed");
        }
        assert.equal(may("personalize:CreateDatasetImportJob", "dataset/movie_recommendation/INTERACTIONS"), "allowed");
        assert.equal(may("personalize:CreateSchema", "schema/movie_items_schema-0a1b2c3d"), "allowed");
    });

    it("the policies of operators and roles allow tag actions only with the owner's tags on types that tags protect", () => {
        const scope = scopeOf("dev");
        const documents = [...policyKinds.map((kind) => operatorPolicy(scope, kind)), rolesBoundary(scope)];
        const statements = documents
            .flatMap(({ Statement }) => toList(Statement))
            .filter((one) => one.Effect === "Allow");
        // Types of which a statement names every resource, such as `filter/*`.
        const typesOf = ({ Resource }: Statement) =>
            toList(Resource).flatMap((arn) => {
                const [, service, type] = /^arn:[^:]+:([^:]+):[^:]*:[^:]*:\/?([^/:]*)\/\*$/.exec(arn) ?? [];
                return service === undefined ? [] : [`${service}:${type}`];
            });
        const isOwned = ({ Condition }: Statement) =>
            JSON.stringify(Condition ?? {}).includes("aws:ResourceTag/pulumi:stack");
        const protectedTypes = new Set(statements.filter(isOwned).flatMap(typesOf));
        assert.ok(protectedTypes.has("personalize:filter") && protectedTypes.has("personalize:event-tracker"));
        const tagging = statements.filter(({ Action }) =>
            toList(Action).some((action) => /:(Unt|T)ag|:(Add|Remove)Tags/.test(action)),
        );
        assert.ok(tagging.length > 10);
        const open = tagging.filter((one) => !isOwned(one) && typesOf(one).some((type) => protectedTypes.has(type)));
        assert.deepEqual(open, []);
    });

    it("the permissions boundary denies requests with a function's role that neither the function nor the Lambda service sends", () => {
        const scope = scopeOf("dev");
        const boundary = rolesBoundary(scope);
        const decide = (action: string, resource: string, context: Record<string, string>, document = boundary) => {
            const caller = { arn: `arn:aws:sts::123456789012:assumed-role/${scope.names.apiRole}/ann` };
            const identity = [{ name: "opened", document: everything }];
            const policies = { identity, boundary: [{ name: "boundary", document }] };
            return authorize({ caller, action, resource, context }, policies, scope.accountId).decision;
        };
        const pairs = boundaryPairs(scope).map(({ action, arn, context }) => [action, sampleOf(arn), context] as const);
        assert.ok(pairs.length > 30);
        // Only Systems Manager sends its name as kms:ViaService, and `ssm` is not in the list of open services.
        const open = pairs.filter(
            ([action, arn, context]) => !context["kms:ViaService"] && decide(action, arn, context) === "allowed",
        );
        const services = new Set(open.map(([action]) => action.split(":")[0]));
        assert.deepEqual([...services].sort(), ["lambda", "logs", "s3", "sqs", "xray"]);
        for (const [action, arn, context] of pairs) {
            assert.equal(decide(action, arn, { ...context, ...inLambda }), "allowed", `${action} on ${arn}`);
        }
        const encrypted = { ...scope, kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/1234" };
        const mayDecrypt = (context: Record<string, string>) =>
            decide("kms:Decrypt", encrypted.kmsKeyArn, context, rolesBoundary(encrypted));
        assert.equal(mayDecrypt(inLambda), "explicitDeny");
        assert.equal(mayDecrypt({ ...inLambda, "kms:ViaService": "s3.eu-central-1.amazonaws.com" }), "allowed");
        assert.equal(mayDecrypt({ ...inLambda, "kms:ViaService": "ssm.eu-central-1.amazonaws.com" }), "allowed");
        assert.equal(
            mayDecrypt({ ...inLambda, "kms:ViaService": "dynamodb.eu-central-1.amazonaws.com" }),
            "explicitDeny",
        );
        assert.equal(mayDecrypt({}), "allowed", "Personalize's session");
        assert.ok(rolesOf.some(({ role }) => roleArn(scope, role).endsWith(scope.names.apiRole)));
    });
});

describe("`isGithubSubject`", () => {
    for (const subject of [
        "repo:my-org/films:environment:production",
        "repo:my-org/films:ref:refs/heads/main",
        "repo:my-org/films:ref:refs/tags/v1.2",
    ]) {
        it(`\`isGithubSubject\` accepts ${subject}`, () => assert.ok(isGithubSubject(subject)));
    }
    for (const subject of [
        "repo:my-org/films:pull_request",
        "repo:my-org/films:*",
        "repo:my-org/*:environment:production",
        "repo:my-org/films:ref:refs/heads/*",
        "repo:my-org/films:ref:refs/pull/7/merge",
        "repo:my-org/films:job_workflow_ref:my-org/films/.github/workflows/up.yml",
        "repo:my-org/films:environment:",
        "my-org/films:environment:production",
    ]) {
        it(`\`isGithubSubject\` rejects ${subject}`, () => assert.ok(!isGithubSubject(subject)));
    }
});

const everything = {
    Version: "2012-10-17" as const,
    Statement: [{ Effect: "Allow" as const, Action: "*", Resource: "*" }],
};

/** Returns each action that a permissions boundary allows, with a resource of its service and a context. */
const boundaryPairs = (scope: OperatorScope) =>
    toList(rolesBoundary(scope).Statement)
        .filter(({ Effect }) => Effect === "Allow")
        .flatMap(({ Action, Resource, Condition }) =>
            toList(Action).flatMap((action) =>
                toList(Resource)
                    .filter((arn) => arn === "*" || arn.split(":")[2] === action.split(":")[0])
                    .map((arn) => ({ action, arn, context: met(Condition) })),
            ),
        );

/** Returns a context that meets a condition of the permissions boundary. */
function met(condition: Statement["Condition"] = {}): Record<string, string> {
    const pairs = Object.values(condition).flatMap((block) => Object.entries(block));
    return Object.fromEntries(pairs.map(([key, value]) => [key, String([value].flat()[0])]));
}
