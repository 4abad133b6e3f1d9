import assert from "node:assert/strict";
import { type PolicyDocument, personalizeService } from "policy-evaluator";
import { executionRoleTrust } from "../../../../iam/import-access.ts";
import { judgeImport } from "../../gateway/import-access.ts";
import { createOrganisation } from "../../gateway/organisation.ts";

const deny = (more: object = {}) =>
    JSON.stringify({
        Version: "2012-10-17",
        Statement: [{ Effect: "Deny", Action: "s3:GetObject", Resource: "arn:aws:s3:::films/*", ...more }],
    });
const elsewhere = { Condition: { StringNotEquals: { "aws:RequestedRegion": "us-east-1" } } };
const statement = { Effect: "Allow", Action: ["s3:GetObject", "s3:ListBucket"] } as const;
const reads = (more: object): PolicyDocument => ({
    Version: "2012-10-17",
    Statement: [{ ...statement, Resource: ["arn:aws:s3:::films", "arn:aws:s3:::films/*"], ...more }],
});

describe("Service control policies of the local AWS", () => {
    it("a new organisation has no policies, and `attach` rejects an invalid policy", () => {
        const organisation = createOrganisation();
        assert.equal(organisation.levels(), undefined);
        assert.match(organisation.attach("{") ?? "", /\w/);
        assert.equal(organisation.levels(), undefined);
    });
    it("`levels` returns all policies, and `simulated` returns only the policies without conditions", () => {
        const organisation = createOrganisation();
        assert.equal(organisation.attach(deny(elsewhere)), undefined);
        assert.equal(organisation.levels()?.[0]?.length, 2);
        assert.equal(organisation.simulated()?.[0]?.length, 1);
        assert.equal(organisation.attach(deny()), undefined);
        assert.equal(organisation.simulated()?.[0]?.length, 2);
    });
    it("a service control policy can deny that an import's role reads the data", () => {
        const organisation = createOrganisation();
        const request = {
            roleArn: "arn:aws:iam::123456789012:role/Import",
            bucket: "films",
            key: "movies.csv",
            isPrefix: false,
            sourceArn: "arn:aws:personalize:eu-central-1:123456789012:dataset-import-job/first",
            sourceAccount: "123456789012",
            region: "eu-central-1",
        };
        const caller = { partition: "aws", region: "eu-central-1", accountId: "123456789012" };
        const judge = () =>
            judgeImport(request, "aws", {
                trust: executionRoleTrust(caller),
                rolePolicies: [{ name: "role policy", document: reads({}) }],
                bucketPolicies: [
                    { name: "bucket policy", document: reads({ Principal: { Service: personalizeService } }) },
                ],
                serviceControl: organisation.levels(),
            });
        assert.deepEqual(judge(), { allowed: true });
        organisation.attach(deny(elsewhere));
        const judgement = judge();
        assert.equal(judgement.allowed, false);
        assert.equal("step" in judgement && judgement.step, "read within the organisation's policies");
    });
});
