import assert from "node:assert/strict";
import { executionRoleTrust, type PolicyDocument, personalizeService } from "policy-evaluator";
import { judgeImport, judgeOutput } from "../../gateway/import-authorization.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const request = {
    roleArn: "arn:aws:iam::123456789012:role/AmazonPersonalize-ExecutionRole",
    bucket: "films",
    key: "out/users.json.out",
    isPrefix: false,
    sourceArn: "arn:aws:personalize:eu-central-1:123456789012:batch-inference-job/first",
    sourceAccount: "123456789012",
    region: "eu-central-1",
};
const allow = (actions: string[], more: object = {}): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: [
        { Effect: "Allow", Action: actions, Resource: ["arn:aws:s3:::films", "arn:aws:s3:::films/out/*"], ...more },
    ],
});
const service = { Principal: { Service: personalizeService } };
const deny: PolicyDocument = {
    Version: "2012-10-17",
    Statement: [{ Effect: "Deny", Principal: "*", Action: "s3:PutObject", Resource: "arn:aws:s3:::films/*" }],
};

describe("judgeOutput for the output of a batch job", () => {
    const judge = (role: PolicyDocument[], bucket: PolicyDocument[], overrides: object = {}) =>
        judgeOutput({ ...request, ...overrides }, "aws", {
            trust: executionRoleTrust(caller),
            rolePolicies: role.map((document) => ({ name: "role policy", document })),
            bucketPolicies: bucket.map((document) => ({ name: "bucket policy", document })),
        });
    const put = allow(["s3:PutObject"]);
    const bucketPut = allow(["s3:PutObject"], service);
    const stepOf = (judgement: ReturnType<typeof judge>) => (judgement.allowed ? "allowed" : judgement.step);

    it("judgeOutput allows the write if role and bucket policy allow s3:PutObject", () => {
        assert.deepEqual(judge([put], [bucketPut]), { allowed: true });
    });
    it("judgeOutput returns which policy denies the write", () => {
        assert.equal(
            stepOf(judge([allow(["s3:GetObject", "s3:ListBucket"])], [bucketPut])),
            "write by the role's policies",
        );
        assert.equal(stepOf(judge([put], [allow(["s3:GetObject"], service)])), "write by the bucket policy");
        assert.equal(stepOf(judge([put], [bucketPut, deny])), "write by the role's session");
        assert.equal(stepOf(judge([put], [bucketPut], { key: "users.json.out" })), "write by the role's policies");
        assert.equal(stepOf(judge([put], [bucketPut], { sourceAccount: "999999999999" })), "assume the role");
    });
    it("judgeImport denies the read if the policies allow only s3:PutObject", () => {
        const policies = {
            trust: executionRoleTrust(caller),
            rolePolicies: [{ name: "role policy", document: put }],
            bucketPolicies: [{ name: "bucket policy", document: bucketPut }],
        };
        assert.equal(judgeImport(request, "aws", policies).allowed, false);
    });
});
