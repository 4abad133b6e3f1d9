import assert from "node:assert/strict";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { dataBucketPolicy, executionRolePolicy, executionRoleTrust } from "policy-evaluator";
import { watchedFilterExpression } from "../../core/config/watched.ts";
import { start, stop } from "../../packages/local-aws/control.ts";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import { runPython } from "../support/aws-cli.ts";
import { createClients, region, testInstance } from "../support/local-aws.ts";

const accountId = "000000000000";
const bucketName = "films";
const caller = { partition: "aws", region, accountId };

const place = { partition: "aws", bucketName, readPrefixes: ["Interactions.csv", "Items.csv"] };

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

describe("Events and filters on the local AWS", () => {
    let aws: ReturnType<typeof createClients>;
    let instance: Awaited<ReturnType<typeof testInstance>>;
    let datasetGroupArn: string | undefined;
    let campaignArn: string | undefined;
    let itemsArn: string | undefined;

    before(async () => {
        instance = await testInstance();
        await start(instance, () => {});
        aws = createClients(instance);
        const { s3, iam, personalize } = aws;
        await s3.createBucket({ Bucket: bucketName });
        const objects = {
            "Interactions.csv": interactionsCsv(syntheticRatings()),
            "Items.csv": `ITEM_ID,GENRES,RELEASE_YEAR\n${Array.from({ length: 150 }, (_, item) => `${item + 1},${item % 2 ? "Comedy|War" : "Comedy"},1950\n`).join("")}`,
        };
        for (const [Key, Body] of Object.entries(objects)) {
            await s3.putObject({ Bucket: bucketName, Key, Body });
        }
        const RoleName = "reader";
        const trust = JSON.stringify(executionRoleTrust(caller));
        const { Role } = await iam.createRole({ RoleName, AssumeRolePolicyDocument: trust });
        const PolicyDocument = JSON.stringify(executionRolePolicy(place));
        await iam.putRolePolicy({ RoleName, PolicyName: "read", PolicyDocument });
        await s3.putBucketPolicy({ Bucket: bucketName, Policy: JSON.stringify(dataBucketPolicy(place, caller)) });

        ({ datasetGroupArn } = await personalize.createDatasetGroup({ name: "films" }));
        for (const [datasetType, schema] of Object.entries(schemas)) {
            const { schemaArn } = await personalize.createSchema({ name: datasetType, schema });
            const dataset = { name: datasetType, schemaArn, datasetGroupArn, datasetType };
            const { datasetArn } = await personalize.createDataset(dataset);
            itemsArn = datasetArn;
            const dataSource = { dataLocation: `s3://${bucketName}/${datasetType}.csv` };
            const job = { jobName: datasetType, datasetArn, dataSource, roleArn: Role?.Arn };
            const { datasetImportJobArn } = await personalize.createDatasetImportJob(job);
            const look = { datasetImportJobArn };
            await active(async () => (await personalize.describeDatasetImportJob(look)).datasetImportJob);
        }
        const recipeArn = "arn:aws:personalize:::recipe/aws-user-personalization";
        const solution = { name: "films", datasetGroupArn, recipeArn, performAutoTraining: false };
        const { solutionArn } = await personalize.createSolution(solution);
        const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn });
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

    async function active(look: () => Promise<Outcome | undefined>) {
        for (;;) {
            const outcome = await look();
            if (outcome?.status === "ACTIVE") return;
            assert.ok(!outcome?.status?.includes("FAILED"), outcome?.failureReason);
            await sleep(30);
        }
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

        const script = join(import.meta.dirname, "events_client.py");
        assert.deepEqual(await runPython(instance, script, trackingId, "22", first, String(itemsArn)), {
            Code: "InvalidInputException",
            Message: "There is no event tracker with the tracking id unknown.",
        });
        assert.ok(!(await ask({ filterArn: unwatched.filterArn })).includes(first));
        assert.deepEqual(await ask({ userId: "nobody", filterArn, filterValues }), ["9"]);
    });
});
