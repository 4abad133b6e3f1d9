import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { setTimeout as sleep } from "node:timers/promises";
import { executionRoleTrust } from "policy-evaluator";
import { watchedFilterExpression } from "../../core/config/watched.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { run } from "../../packages/local-aws/pulumi.ts";
import { toolchain } from "../../packages/local-aws/toolchain/env.mjs";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { assertExit, createClients, region, testInstance } from "../support/local-aws.ts";

const accountId = "000000000000";
const bucketName = "films";
const caller = { partition: "aws", region, accountId };

/**
 * Returns a policy that allows reading the bucket, and, if `write` is true, also writing objects. It is a role's
 * policy; if `more` contains a principal, it is a bucket policy.
 */
function policy(write: boolean, more: object = {}): string {
    const bucketArn = `arn:aws:s3:::${bucketName}`;
    const statement = (Action: string, Resource: string) => ({ Effect: "Allow", Action, Resource, ...more });
    return JSON.stringify({
        Version: "2012-10-17",
        Statement: [
            statement("s3:ListBucket", bucketArn),
            statement("s3:GetObject", `${bucketArn}/*`),
            ...(write ? [statement("s3:PutObject", `${bucketArn}/answers/*`)] : []),
        ],
    });
}

const schema = (name: string, fields: object[]) =>
    JSON.stringify({ type: "record", name, namespace: "com.amazonaws.personalize.schema", fields, version: "1.0" });
const schemas = {
    Interactions: schema("Interactions", [
        ...["USER_ID", "ITEM_ID", "EVENT_TYPE"].map((name) => ({ name, type: "string" })),
        { name: "TIMESTAMP", type: "long" },
    ]),
    Items: schema("Items", [
        { name: "ITEM_ID", type: "string" },
        { name: "GENRES", type: "string", categorical: true },
        { name: "RELEASE_YEAR", type: "int" },
    ]),
};

interface Outcome {
    status?: string | undefined;
    failureReason?: string | undefined;
}

describe("Events, filters and batch inference on the local AWS", () => {
    let aws: ReturnType<typeof createClients>;
    let instance: Awaited<ReturnType<typeof testInstance>>;
    let datasetGroupArn: string | undefined;
    let solutionVersionArn: string | undefined;
    let campaignArn: string | undefined;
    let itemsArn: string | undefined;
    let roleArn: string | undefined;

    before(async () => {
        instance = await testInstance();
        await start(instance, () => {});
        aws = createClients(instance);
        const { s3, iam, personalize } = aws;
        await s3.createBucket({ Bucket: bucketName });
        const objects = {
            "Interactions.csv": interactionsCsv(syntheticRatings()),
            "Items.csv": `ITEM_ID,GENRES,RELEASE_YEAR\n${Array.from({ length: 150 }, (_, item) => `${item + 1},${item % 2 ? "Comedy|War" : "Comedy"},1950\n`).join("")}`,
            "users.json": '{"userId":"22"}\n{"userId":"6"}\n',
        };
        for (const [Key, Body] of Object.entries(objects)) {
            await s3.putObject({ Bucket: bucketName, Key, Body });
        }
        const RoleName = "reader";
        const trust = JSON.stringify(executionRoleTrust(caller));
        const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
        roleArn = Role?.Arn;
        const read = { RoleName, PolicyName: "read", PolicyDocument: policy(false) };
        await iam.putRolePolicy(read);
        const forService = {
            Principal: { Service: "personalize.amazonaws.com" },
            Condition: { StringEquals: { "aws:SourceAccount": accountId } },
        };
        const Policy = policy(true, forService);
        await s3.putBucketPolicy({ Bucket: bucketName, Policy });

        ({ datasetGroupArn } = await personalize.createDatasetGroup({ name: "films" }));
        for (const [datasetType, schema] of Object.entries(schemas)) {
            const { schemaArn } = await personalize.createSchema({ name: datasetType, schema });
            const dataset = { name: datasetType, schemaArn, datasetGroupArn, datasetType };
            const { datasetArn } = await personalize.createDataset(dataset);
            itemsArn = datasetArn;
            const dataSource = { dataLocation: `s3://${bucketName}/${datasetType}.csv` };
            const job = { jobName: datasetType, datasetArn, dataSource, roleArn };
            const { datasetImportJobArn } = await personalize.createDatasetImportJob(job);
            const look = { datasetImportJobArn };
            await active(async () => (await personalize.describeDatasetImportJob(look)).datasetImportJob);
        }
        const recipeArn = "arn:aws:personalize:::recipe/aws-user-personalization";
        const solution = { name: "films", datasetGroupArn, recipeArn, performAutoTraining: false };
        const { solutionArn } = await personalize.createSolution(solution);
        ({ solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn }));
        const look = { solutionVersionArn };
        await active(async () => (await personalize.describeSolutionVersion(look)).solutionVersion);
        ({ campaignArn } = await personalize.createCampaign({ name: "films", solutionVersionArn }));
    });
    after(async () => {
        for (const client of Object.values(aws ?? {})) client.destroy();
        if (!instance) return;
        await stop(instance);
        await rm(instance.dir, { recursive: true, force: true, maxRetries: 5 });
    });

    async function waitForEnd(look: () => Promise<Outcome | undefined>) {
        for (;;) {
            const outcome = await look();
            if (/ACTIVE|FAILED/.test(outcome?.status ?? "")) return outcome;
            await sleep(30);
        }
    }
    async function active(look: Parameters<typeof waitForEnd>[0]) {
        const outcome = await waitForEnd(look);
        assert.equal(outcome?.status, "ACTIVE", outcome?.failureReason);
    }
    const ask = async (more: object = {}) => {
        const input = { campaignArn, userId: "22", numResults: 500, ...more };
        const { itemList = [] } = await aws.runtime.getRecommendations(input);
        return itemList.map(({ itemId }) => String(itemId));
    };

    it("PutEvents and PutItems of boto3 change the next recommendations", async () => {
        const { trackingId = "" } = await aws.personalize.createEventTracker({ name: "clicks", datasetGroupArn });
        const filterExpression = "INCLUDE ItemID WHERE Items.GENRES IN ($GENRE) AND Items.RELEASE_YEAR > 1955";
        const { filterArn } = await aws.personalize.createFilter({ name: "new", datasetGroupArn, filterExpression });
        const filterValues = { GENRE: '"War","Western"' };
        const watched = { name: "unwatched", filterExpression: watchedFilterExpression() };
        const unwatched = await aws.personalize.createFilter({ ...watched, datasetGroupArn });
        const [first = ""] = (await ask({ filterArn: unwatched.filterArn })).filter((item) => item !== "9");
        assert.deepEqual(await ask({ userId: "60", filterArn, filterValues }), []);

        const python = process.env.MOVIE_RECOMMENDER_PYTHON ?? toolchain(instance.root).python;
        const script = join(import.meta.dirname, "events_client.py");
        const sent = await run(instance, python, [script, trackingId, "22", first, String(itemsArn)], "captured");
        assertExit(sent, 0);
        assert.deepEqual(JSON.parse(sent.stdout), {
            Code: "InvalidInputException",
            Message: "There is no event tracker with the tracking id unknown.",
        });
        assert.ok(!(await ask({ filterArn: unwatched.filterArn })).includes(first));
        assert.deepEqual(await ask({ userId: "nobody", filterArn, filterValues }), ["9"]);
    });

    it("a batch job writes its output only if the role may put objects", async () => {
        const batch = async (jobName: string) => {
            const { batchInferenceJobArn } = await aws.personalize.createBatchInferenceJob({
                jobName,
                solutionVersionArn,
                jobInput: { s3DataSource: { path: `s3://${bucketName}/users.json` } },
                jobOutput: { s3DataDestination: { path: `s3://${bucketName}/answers/` } },
                roleArn,
            });
            return waitForEnd(
                async () =>
                    (await aws.personalize.describeBatchInferenceJob({ batchInferenceJobArn })).batchInferenceJob,
            );
        };
        const denied = await batch("denied");
        assert.equal(denied?.status, "CREATE FAILED");
        assert.equal(denied?.failureReason, "Insufficient privileges for accessing data in Amazon S3.");
        const nothing = await aws.s3.listObjectsV2({ Bucket: bucketName, Prefix: "answers/" });
        assert.equal(nothing.KeyCount, 0);

        const PolicyDocument = policy(true);
        await aws.iam.putRolePolicy({ RoleName: "reader", PolicyName: "read", PolicyDocument });
        const { status, failureReason } = (await batch("allowed")) ?? {};
        assert.deepEqual([status, failureReason], ["ACTIVE", undefined]);
        const written = await text(
            (await aws.s3.getObject({ Bucket: bucketName, Key: "answers/users.json.out" }))
                .Body as AsyncIterable<Uint8Array> & NodeJS.ReadableStream,
        );
        const lines = written
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));
        assert.deepEqual(
            lines.map(({ input, error }) => [input.userId, error]),
            [
                ["22", null],
                ["6", null],
            ],
        );
        assert.deepEqual(lines[0].output.recommendedItems, (await ask()).slice(0, 25));
    });
});
