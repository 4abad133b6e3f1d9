import assert from "node:assert/strict";
import { authorize, type Statement, toList } from "policy-evaluator";
import { namesFor } from "../../config/config.ts";
import { isGithubSubject } from "../../iam/github-trust.ts";
import { rolesOf } from "../../iam/operator/functions.ts";
import { roleArn } from "../../iam/operator/scope.ts";
import { type OperatorScope, operatorPolicy, policyKinds, rolesBoundary } from "../../iam/operator.ts";
import { otherScopes, sampleOf, trespasses } from "./support/fences.ts";

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
