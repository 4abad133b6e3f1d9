import assert from "node:assert/strict";
import { authorize, parsePolicy, sizeLimits, toList } from "policy-evaluator";
import { bucketNameFor, namesFor } from "../../../core/config/config.ts";
import { rolesOf } from "../../../core/iam/operator/functions.ts";
import {
    type OperatorLevel,
    type OperatorScope,
    operatorLevels,
    policyArn,
    policyKinds,
    prefixActions,
    roleArn,
} from "../../../core/iam/operator/scope.ts";
import { operatorGrants, operatorPolicy, rolesBoundary } from "../../../core/iam/operator.ts";
import { findViolations } from "../../../core/iam/resource-rules.ts";
import { neededOnAws } from "./needed-on-aws.ts";

const scope: OperatorScope = {
    partition: "aws-cn",
    region: "cn-north-1",
    accountId: "123456789012",
    project: "movie-recommender",
    stack: "dev",
    bucketName: "my-movie-recommender-data-123456789012-dev",
    names: namesFor("dev"),
    kmsKeyArn: "arn:aws-cn:kms:cn-north-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab",
};
/** The longest names that the suffix of a stack's own name allows, for the size limits of policies. */
const long: OperatorScope = {
    ...scope,
    stack: "s".repeat(27),
    bucketName: "b".repeat(63),
    names: namesFor("s".repeat(27)),
};
/** A stack with long names and a KMS key in the partition `aws`. */
const europe = "recommendations-prod-europe";
const inEurope: OperatorScope = {
    ...long,
    partition: "aws",
    region: "ap-northeast-1",
    stack: europe,
    bucketName: bucketNameFor({ bucketName: "", stack: europe }, scope.accountId),
    names: namesFor(europe),
    kmsKeyArn: "arn:aws:kms:ap-northeast-1:123456789012:key/mrk-1234abcd12ab34cd56ef1234567890ab",
};

const identity = (kinds: readonly (typeof policyKinds)[number][] = policyKinds) =>
    kinds.map((kind) => ({ name: kind, document: operatorPolicy(scope, kind) }));
const operator = { arn: "arn:aws-cn:iam::123456789012:user/ann" };
function may(
    action: string,
    resource: string,
    context: Record<string, string> = {},
    kinds: readonly (typeof policyKinds)[number][] = policyKinds,
) {
    const carried = { "aws:RequestedRegion": scope.region, ...context };
    const request = { caller: operator, action, resource, context: carried };
    return authorize(request, { identity: identity(kinds) }, scope.accountId).decision;
}

describe("Operator policies", () => {
    for (const kind of [...policyKinds, "boundary" as const]) {
        it(`the ${kind} policy is valid for IAM, even with the longest resource names`, () => {
            for (const each of [scope, long, inEurope]) {
                const document = kind === "boundary" ? rolesBoundary(each) : operatorPolicy(each, kind);
                const parsed = parsePolicy(JSON.stringify(document), "identity", sizeLimits.managedPolicy);
                assert.deepEqual(parsed.problems, []);
                assert.deepEqual(findViolations("aws:iam/policy:Policy", { policy: JSON.stringify(document) }), []);
                const sids = toList(document.Statement).flatMap(({ Sid }) => Sid ?? []);
                assert.equal(new Set(sids).size, sids.length);
                if (each !== inEurope) assert.doesNotMatch(JSON.stringify(document), /arn:aws:/);
            }
        });
    }

    it("a grant on resource * states a reason, and only four grants allow writes", () => {
        for (const grant of operatorGrants(scope)) {
            const isAll = grant.on.includes("*");
            assert.equal(isAll, grant.everythingBecause !== undefined, grant.sid);
            assert.ok(!isAll || grant.on.length === 1, grant.sid);
            assert.ok(!isAll || (grant.everythingBecause ?? "").length > 20, grant.sid);
            const changes = !operatorLevels.read.some((policy) => policy === grant.policy);
            assert.ok(
                !isAll ||
                    !changes ||
                    [
                        "PublishMetrics",
                        "ManageSubscriptions",
                        "CreateDistributions",
                        "CreateCloudFrontPolicies",
                    ].includes(grant.sid),
                `${grant.sid} changes something, anywhere`,
            );
            for (const action of grant.actions) assert.match(action, /^[A-Z][A-Za-z]+$/, "no wildcard");
        }
    });

    it("each grant is limited to one region, except the grants for global services", () => {
        const global = ["iam", "budgets", "ce", "pricing", "cloudfront"];
        for (const { sid, service, on, condition = {} } of operatorGrants(scope)) {
            const bound =
                on.every((arn) => arn.split(":")[3] === scope.region) ||
                /RequestedRegion|ViaService/.test(JSON.stringify(condition));
            assert.equal(bound, !global.includes(service), sid);
        }
    });

    it("the policies grant each documented action that real AWS, not the emulator, requires", () => {
        const granted = new Set(operatorGrants(scope).flatMap(prefixActions));
        for (const { action, page } of neededOnAws) {
            assert.ok(granted.has(action), `${action} is not granted`);
            assert.match(page, /^https:\/\//);
        }
        assert.equal(new Set(neededOnAws.map(({ action }) => action)).size, neededOnAws.length);
    });

    it("the operator can create the stack's roles only with the stack's permissions boundary", () => {
        const within = { "iam:PermissionsBoundary": policyArn(scope, "boundary") };
        const role = roleArn(scope);
        assert.equal(may("iam:CreateRole", role, within), "allowed");
        assert.equal(may("iam:PutRolePolicy", role, within), "allowed");
        assert.equal(may("iam:CreateRole", role), "implicitDeny");
        assert.equal(may("iam:PutRolePolicy", role), "implicitDeny");
        assert.equal(
            may("iam:CreateRole", role, { "iam:PermissionsBoundary": policyArn(scope, "read") }),
            "implicitDeny",
        );
        assert.equal(may("iam:CreateRole", `${role}-2`, within), "implicitDeny");
        assert.equal(may("iam:DeleteRolePermissionsBoundary", role), "explicitDeny");
        assert.equal(may("iam:CreatePolicyVersion", policyArn(scope, "boundary")), "explicitDeny");
        assert.equal(may("iam:SetDefaultPolicyVersion", policyArn(scope, "deploy")), "explicitDeny");
    });

    it("the operator can pass a role only to the service that uses the role", () => {
        const all = [{ role: "role" as const, service: "personalize.amazonaws.com" }, ...rolesOf];
        for (const { role, service } of all) {
            for (const other of new Set(all.map((each) => each.service))) {
                const decision = may("iam:PassRole", roleArn(scope, role), { "iam:PassedToService": other });
                assert.equal(decision, other === service ? "allowed" : "implicitDeny", `${role} to ${other}`);
            }
            const leaves = may("iam:DeleteRolePermissionsBoundary", roleArn(scope, role));
            assert.equal(leaves, "explicitDeny", role);
        }
    });

    it("the operator can create API Gateway's service-linked role and no other", () => {
        const of = (service: string, role: string) =>
            `arn:aws-cn:iam::123456789012:role/aws-service-role/${service}/${role}`;
        const [service, other] = ["ops.apigateway.amazonaws.com", "ec2.amazonaws.com"];
        const make = (arn: string, name: string) =>
            may("iam:CreateServiceLinkedRole", arn, { "iam:AWSServiceName": name });
        assert.equal(make(of(service, "AWSServiceRoleForAPIGateway"), service), "allowed");
        assert.equal(make(of(service, "AWSServiceRoleForAPIGateway"), other), "implicitDeny");
        assert.equal(make(of(other, "AWSServiceRoleForEC2"), other), "implicitDeny");
    });

    it("the operator can delete only filters and event trackers with the stack's tags", () => {
        const filter = "arn:aws-cn:personalize:cn-north-1:123456789012:filter/unseen";
        const tags = (stack: string) => ({
            "aws:ResourceTag/pulumi:project": scope.project,
            "aws:ResourceTag/pulumi:stack": stack,
        });
        assert.equal(may("personalize:DeleteFilter", filter, tags("dev")), "allowed");
        assert.equal(may("personalize:DeleteFilter", filter, tags("prod")), "implicitDeny");
        assert.equal(may("personalize:DeleteFilter", filter), "implicitDeny");
        assert.equal(may("personalize:TagResource", filter, tags("prod")), "implicitDeny");
        // A call with a filter may also need the permission on the filter, as in `recommend --filter`.
        assert.equal(may("personalize:GetRecommendations", filter), "allowed");
        assert.equal(may("personalize:GetRecommendations", filter.replace("filter/", "campaign/")), "implicitDeny");
    });

    it("the operator can write state flags but not the cost guard's state", () => {
        const parameter = `arn:aws-cn:ssm:cn-north-1:123456789012:parameter/movie-recommender/${scope.stack}`;
        for (const key of ["closed", "parked", "reimport", "serving"]) {
            assert.equal(may("ssm:PutParameter", `${parameter}/${key}`), "allowed");
            assert.equal(may("ssm:DeleteParameter", `${parameter}/${key}`), "allowed");
        }
        for (const key of ["guard", "anything"]) {
            assert.equal(may("ssm:PutParameter", `${parameter}/${key}`), "implicitDeny");
            assert.equal(may("ssm:DeleteParameter", `${parameter}/${key}`), "implicitDeny");
        }
    });

    it("the operator can change DynamoDB items only through the `tableOperations` function", () => {
        const table = `arn:aws-cn:dynamodb:cn-north-1:123456789012:table/${scope.names.api}`;
        const keys = { "dynamodb:LeadingKeys": "stack", "dynamodb:Attributes": "pk", "dynamodb:Select": "COUNT" };
        for (const action of [
            "BatchGetItem",
            "BatchWriteItem",
            "DeleteItem",
            "PutItem",
            "Query",
            "Scan",
            "UpdateItem",
        ]) {
            assert.equal(may(`dynamodb:${action}`, table, keys), "implicitDeny", action);
        }
        const readsItemOf = (pk: string) => may("dynamodb:GetItem", table, { ...keys, "dynamodb:LeadingKeys": pk });
        assert.equal(readsItemOf("stack"), "allowed");
        for (const pk of ["viewer#22", "asked#1", "batch"]) assert.equal(readsItemOf(pk), "implicitDeny", pk);
        const invokes = (name: string, kinds: readonly (typeof policyKinds)[number][]) =>
            may("lambda:InvokeFunction", `arn:aws-cn:lambda:cn-north-1:123456789012:function:${name}`, {}, kinds);
        assert.equal(invokes(scope.names.tableOperations, operatorLevels.operate), "allowed");
        assert.equal(invokes(scope.names.tableOperations, operatorLevels.read), "implicitDeny");
        assert.equal(invokes(scope.names.api, policyKinds), "implicitDeny");
    });

    it("only API Gateway and SNS can receive permission to invoke a function", () => {
        const permits = (name: string, principal: string) =>
            may("lambda:AddPermission", `arn:aws-cn:lambda:cn-north-1:123456789012:function:${name}`, {
                "lambda:Principal": principal,
            });
        const { api, notifier, prefetch, costGuard, tableOperations } = scope.names;
        const services = ["apigateway.amazonaws.com", "sns.amazonaws.com", "s3.amazonaws.com", "999988887777", "*"];
        const allowed = [api, notifier, prefetch, costGuard, tableOperations].flatMap((name) =>
            services.filter((service) => permits(name, service) === "allowed").map((service) => [name, service]),
        );
        assert.deepEqual(allowed, [
            [api, "apigateway.amazonaws.com"],
            [notifier, "sns.amazonaws.com"],
        ]);
    });

    it("only operators of the access level `deploy` can update a function's code", () => {
        const { api, prefetch, costGuard, tableOperations, notifier } = scope.names;
        for (const name of [api, prefetch, costGuard, tableOperations, notifier]) {
            const resource = `arn:aws-cn:lambda:cn-north-1:123456789012:function:${name}`;
            for (const action of ["lambda:UpdateFunctionCode", "lambda:UpdateFunctionConfiguration"]) {
                const kinds = [...operatorLevels.read, ...operatorLevels.operate];
                assert.equal(may(action, resource, {}, kinds), "implicitDeny", `${action} ${name}`);
                assert.equal(may(action, resource), "allowed", `${action} ${name}`);
            }
        }
    });

    it("only operators of the access level `deploy` can read an API key's value", () => {
        const ours = {
            "aws:ResourceTag/pulumi:project": scope.project,
            "aws:ResourceTag/pulumi:stack": scope.stack,
        };
        const reads = (path: string, ...levels: OperatorLevel[]) =>
            may(
                "apigateway:GET",
                `arn:aws-cn:apigateway:cn-north-1::${path}`,
                ours,
                levels.flatMap((level) => operatorLevels[level]),
            );
        for (const path of ["/apikeys", "/apikeys/k1", "/usageplans/p1/keys", "/usageplans/p1/keys/k1"]) {
            assert.equal(reads(path, "read", "operate"), "implicitDeny", path);
        }
        for (const path of ["/apikeys/k1", "/usageplans/p1/keys/k1"]) {
            assert.equal(reads(path, "deploy"), "allowed", path);
        }
        assert.equal(reads("/restapis/a1", "read"), "allowed");
    });

    it("the level `read` allows no changes, and `operate` only creates versions, campaigns and jobs", () => {
        const actions = (kind: OperatorLevel) =>
            operatorGrants(scope)
                .filter(({ policy }) => operatorLevels[kind].some((each) => each === policy))
                .flatMap(({ actions: each }) => each);
        assert.deepEqual(
            actions("read").filter((action) => !/^(G[Ee][Tt]|List|Describe|View|Simulate|Decrypt|Lookup)/.test(action)),
            [],
        );
        assert.deepEqual(
            actions("operate").filter((action) => /^(Create|Delete)/.test(action)),
            [
                "CreateCampaign",
                "CreateSolutionVersion",
                "DeleteCampaign",
                "CreateDatasetImportJob",
                "DeleteParameter",
                "CreateDataDeletionJob",
                "DeleteMessage",
            ],
        );
    });

    it("the operator can use the bucket's KMS key through S3 only", () => {
        const via = { "kms:ViaService": "s3.cn-north-1.amazonaws.com.cn" };
        const key = scope.kmsKeyArn ?? "";
        assert.equal(may("kms:GenerateDataKey", key, via), "allowed");
        assert.equal(may("kms:GenerateDataKey", key), "implicitDeny");
        assert.equal(may("kms:Decrypt", key), "implicitDeny");
        const without = operatorGrants({ ...scope, kmsKeyArn: undefined });
        assert.ok(!without.some(({ service }) => service === "kms"));
    });
});
