import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { executionRoleTrust } from "../../iam/import-access.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import { assertExit, region, startTestAws, type TestAws } from "../support/local-aws.ts";

const key = "personalize_interactions_fixed.csv";

describe("boto3 against the local AWS", () => {
    let aws: TestAws;
    let outputs: Record<string, string>;
    // biome-ignore lint/suspicious/noExplicitAny: a document of many shapes, each asserted on
    let seen: any;
    before(async () => {
        aws = await startTestAws();
        assertExit(await aws.engine("up"), 0);
        outputs = await aws.outputs();
        const script = join(import.meta.dirname, "boto3_client.py");
        const args = [outputs.campaignArn, outputs.datasetGroupArn, outputs.bucketName, key].map(String);
        const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(aws.instance.root).python;
        const result = await run(aws.instance, python, [script, ...args], "captured");
        assertExit(result, 0);
        seen = JSON.parse(result.stdout);
    });
    after(() => aws?.stop());

    it("reads the stack's campaign, its version and its datasets", () => {
        assert.equal(seen.campaign.campaignArn, outputs.campaignArn);
        assert.equal(seen.campaign.status, "ACTIVE");
        assert.equal(seen.campaign.minProvisionedTPS, 1);
        assert.ok(Date.parse(seen.campaign.creationDateTime) <= Date.now());
        assert.equal(typeof seen.trainingHours, "number");
        assert.deepEqual(
            seen.datasets.map(({ datasetArn, status }: Record<string, string>) => [datasetArn, status]),
            [[outputs.datasetArn, "ACTIVE"]],
        );
        assert.ok(seen.metrics.coverage > 0 && seen.metrics.coverage <= 1);
    });

    it("gets recommendations: as many as asked for, 25 by default, scores as numbers", () => {
        assert.equal(seen.itemList.length, 7);
        assert.ok(seen.itemList.every(({ score }: { score: number }) => score > 0 && score < 1));
        assert.equal(seen.defaultLength, 25);
        assert.ok(seen.recommendationId);
    });

    it("pages through lists", () => {
        assert.ok(seen.recipePages.length > 1);
        assert.ok(seen.recipePages.slice(0, -1).every((length: number) => length === 2));
        assert.deepEqual(seen.schemaPages, [1]);
        assert.deepEqual(seen.objectPages, [1]);
    });

    it("knows every refusal by its code, status and class", () => {
        assert.deepEqual(seen.refusals, {
            badName: ["ValidationException", 400, "ClientError"],
            twice: ["ResourceAlreadyExistsException", 400, "ResourceAlreadyExistsException"],
            inUse: ["ResourceInUseException", 400, "ResourceInUseException"],
            unknown: ["ResourceNotFoundException", 400, "ResourceNotFoundException"],
            unknownCampaign: ["ResourceNotFoundException", 404, "ResourceNotFoundException"],
            tooMany: ["InvalidInputException", 400, "InvalidInputException"],
            noBucket: ["NoSuchBucket", 404, "NoSuchBucket"],
            noRole: ["NoSuchEntity", 404, "NoSuchEntityException"],
            simulator: ["InvalidInput", 400, "InvalidInputException"],
        });
    });

    it("reads the role's trust as the program wrote it", () => {
        assert.deepEqual(seen.trust, executionRoleTrust({ partition: "aws", region, accountId: "000000000000" }));
    });

    it("uploads in parts, and signs a URL that anyone can fetch by", async () => {
        assert.equal(seen.large.same, true);
        assert.match(seen.large.etag, /^"[0-9a-f]{32}-2"$/);
        const answer = await fetch(seen.presigned);
        assert.equal(await answer.text(), await readFile(aws.interactionsFile, "utf8"));
    });
});
