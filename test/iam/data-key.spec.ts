import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { evaluate } from "policy-evaluator";
import { dataKeyPolicy } from "../../iam/data-key.ts";
import { executionRolePolicy } from "../../iam/import-access.ts";

const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
const roleArn = "arn:aws:iam::123456789012:role/AmazonPersonalize-ExecutionRole";
const key = "arn:aws:kms:eu-central-1:123456789012:key/1234abcd-12ab-34cd-56ef-1234567890ab";

describe("KMS key policy for the data bucket", () => {
    const document = dataKeyPolicy(caller, roleArn);
    const service = (context: Record<string, string>) =>
        evaluate(
            { caller: { service: "personalize.amazonaws.com" }, action: "kms:Decrypt", resource: key, context },
            [{ name: "key policy", document }],
            "resource",
        ).decision;

    it("Personalize can use the key for this account and region only", () => {
        const source = (account: string, region = "eu-central-1") => ({
            "aws:SourceAccount": account,
            "aws:SourceArn": `arn:aws:personalize:${region}:${account}:dataset-import-job/a`,
        });
        assert.equal(service(source("123456789012")), "allowed");
        assert.equal(service(source("999988887777")), "implicitDeny");
        assert.equal(service(source("123456789012", "us-east-1")), "implicitDeny");
        assert.equal(service({}), "implicitDeny");
    });

    it("docs/access-operator.md shows the policy that dataKeyPolicy returns", async () => {
        const page = await readFile(new URL("../../docs/access-operator.md", import.meta.url), "utf8");
        const [, json = ""] = /```json\n([\s\S]*?)```/.exec(page) ?? [];
        assert.deepEqual(JSON.parse(json), document);
    });

    it("the role policy has KMS actions only for batch jobs", () => {
        const place = { partition: "aws", bucketName: "films", readPrefixes: ["a.csv"], kmsKeyArn: key };
        assert.doesNotMatch(JSON.stringify(executionRolePolicy(place)), /kms:/);
        assert.match(JSON.stringify(executionRolePolicy({ ...place, writePrefix: "out/" })), /kms:GenerateDataKey/);
        assert.doesNotMatch(
            JSON.stringify(executionRolePolicy({ ...place, writePrefix: "out/", kmsKeyArn: undefined })),
            /kms:/,
        );
    });
});
