import assert from "node:assert/strict";
import { authorize, type PolicyDocument, parsePolicy, sizeLimits } from "policy-evaluator";
import { namesFor } from "../../../core/config/config.ts";
import { rolesBoundary } from "../../../core/iam/operator.ts";
import { findViolations } from "../../../core/iam/resource-rules.ts";
import { trailArn, trailBucketPolicy, trailRolePolicy, trailRoleTrust } from "../../../core/iam/trail-access.ts";

const accountId = "123456789012";
const names = namesFor("dev");
const scope = { partition: "aws-cn", region: "cn-north-1", accountId, names };
const bucket = trailBucketPolicy(scope, "films-trail");
const files = `arn:aws-cn:s3:::films-trail/AWSLogs/${accountId}/CloudTrail/cn-north-1/one.json.gz`;
const aclOf = { "s3:x-amz-acl": "bucket-owner-full-control", "aws:SecureTransport": "true" };

function byCloudTrail(
    document: PolicyDocument,
    action: string,
    resource: string,
    context: Record<string, string> = {},
) {
    const own = { "aws:SourceArn": trailArn(scope), "aws:SourceAccount": accountId, ...aclOf, ...context };
    const caller = { service: "cloudtrail.amazonaws.com" };
    const policies = { resource: [{ name: "policy", document }] };
    return authorize({ caller, action, resource, context: own }, policies, accountId).decision;
}

describe("IAM policies of the audit trail", () => {
    it("the trail's policies are valid and pass the resource rules in any partition", () => {
        const trust = trailRoleTrust();
        for (const [property, document, kind] of [
            ["policy", bucket, "resource"],
            ["policy", trailRolePolicy(scope), "identity"],
        ] as const) {
            const text = JSON.stringify(document);
            assert.deepEqual(parsePolicy(text, kind, sizeLimits.managedPolicy).problems, []);
            assert.deepEqual(findViolations("aws:s3/bucketPolicy:BucketPolicy", { [property]: text }), []);
            assert.doesNotMatch(text, /arn:aws:/);
        }
        assert.deepEqual(findViolations("aws:iam/role:Role", { assumeRolePolicy: JSON.stringify(trust) }), []);
    });

    it("CloudTrail can write this trail's files and read the bucket ACL", () => {
        assert.equal(byCloudTrail(bucket, "s3:GetBucketAcl", "arn:aws-cn:s3:::films-trail"), "allowed");
        assert.equal(byCloudTrail(bucket, "s3:PutObject", files), "allowed");
        const role = `arn:aws-cn:iam::${accountId}:role/${names.trailRole}`;
        assert.equal(byCloudTrail(trailRoleTrust(), "sts:AssumeRole", role), "allowed");
        // CloudTrail does not support aws:SourceArn and aws:SourceAccount in a role's trust policy, so the role must
        // also allow a request without these keys.
        const request = { caller: { service: "cloudtrail.amazonaws.com" }, action: "sts:AssumeRole", resource: role };
        const trust = { resource: [{ name: "trust", document: trailRoleTrust() }] };
        assert.equal(authorize({ ...request, context: {} }, trust, accountId).decision, "allowed");
        const lambda = { ...request, caller: { service: "lambda.amazonaws.com" }, context: {} };
        assert.equal(authorize(lambda, trust, accountId).decision, "implicitDeny");
    });

    it("the bucket policy denies other trails, other prefixes and requests without TLS", () => {
        const other = { "aws:SourceArn": trailArn({ ...scope, names: { trail: "other" } }) };
        assert.equal(byCloudTrail(bucket, "s3:PutObject", files, other), "implicitDeny");
        assert.equal(byCloudTrail(bucket, "s3:PutObject", files.replace(accountId, "999999999999")), "implicitDeny");
        assert.equal(byCloudTrail(bucket, "s3:PutObject", files, { "aws:SecureTransport": "false" }), "explicitDeny");
    });

    it("with the permissions boundary, the trail's role can write to the trail's log streams, and to nothing else", () => {
        const arn = `arn:aws-cn:iam::${accountId}:role/${names.trailRole}`;
        const caller = { arn: `arn:aws-cn:sts::${accountId}:assumed-role/${names.trailRole}/one`, roleArn: arn };
        const boundary = rolesBoundary({ ...scope, project: "movie-recommender", stack: "dev", bucketName: "films" });
        const stream = (name: string) =>
            `arn:aws-cn:logs:cn-north-1:${accountId}:log-group:/aws/cloudtrail/${names.trail}:log-stream:${name}`;
        const may = (action: string, resource: string) =>
            authorize(
                { caller, action, resource, context: {} },
                {
                    identity: [{ name: "work", document: trailRolePolicy(scope) }],
                    boundary: [{ name: "boundary", document: boundary }],
                },
                accountId,
            ).decision;
        for (const action of ["logs:CreateLogStream", "logs:PutLogEvents"]) {
            assert.equal(may(action, stream(`${accountId}_CloudTrail_cn-north-1_3`)), "allowed");
            assert.equal(may(action, stream("999999999999_CloudTrail_cn-north-1")), "implicitDeny");
        }
        assert.equal(may("logs:DeleteLogStream", stream(`${accountId}_CloudTrail_cn-north-1`)), "implicitDeny");
    });
});
