import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { evaluate, executionRolePolicy, type PolicyDocument } from "policy-evaluator";

const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

describe("KMS key policy in docs/access-operator.md", () => {
    const page = readFileSync(new URL("../../../docs/access-operator.md", import.meta.url), "utf8");
    const document = JSON.parse(/```json\n([\s\S]*?)```/.exec(page)?.[1] ?? "") as PolicyDocument;
    const service = (context: Record<string, string>) =>
        evaluate(
            { caller: { service: "personalize.amazonaws.com" }, action: "kms:Decrypt", resource: key, context },
            [{ name: "key policy", document }],
            "resource",
        ).decision;

    it("Personalize can use the KMS key for this account and region only", () => {
        const source = (account: string, region = "eu-central-1") => ({
            "aws:SourceAccount": account,
            "aws:SourceArn": `arn:aws:personalize:${region}:${account}:dataset-import-job/a`,
        });
        assert.equal(service(source("123456789012")), "allowed");
        assert.equal(service(source("999988887777")), "implicitDeny");
        assert.equal(service(source("123456789012", "us-east-1")), "implicitDeny");
        assert.equal(service({}), "implicitDeny");
    });

    it("the role policy contains KMS actions only if the stack has batch jobs", () => {
        const place = { partition: "aws", bucketName: "films", readPrefixes: ["a.csv"], kmsKeyArn: key };
        assert.doesNotMatch(JSON.stringify(executionRolePolicy(place)), /kms:/);
        assert.match(JSON.stringify(executionRolePolicy({ ...place, writePrefix: "out/" })), /kms:GenerateDataKey/);
        assert.doesNotMatch(
            JSON.stringify(executionRolePolicy({ ...place, writePrefix: "out/", kmsKeyArn: undefined })),
            /kms:/,
        );
    });
});
