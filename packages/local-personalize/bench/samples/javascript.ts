import assert from "node:assert/strict";
import { type Domain, Personalize } from "@aws-sdk/client-personalize";
import { PersonalizeEvents } from "@aws-sdk/client-personalize-events";
import { PersonalizeRuntime } from "@aws-sdk/client-personalize-runtime";
import type { SampleService } from "./service.ts";
import { datasetSchema, roleArn, untilActive } from "./shapes.ts";

/** Returns the steps that several examples have in common. */
function createSteps(personalize: Personalize) {
    const group = async (name: string, domain?: Domain) => {
        const group = await personalize.createDatasetGroup({ name, ...(domain && { domain }) });
        await untilActive(
            async () =>
                (await personalize.describeDatasetGroup({ datasetGroupArn: group.datasetGroupArn })).datasetGroup,
        );
        return group.datasetGroupArn;
    };
    const dataset = async (datasetGroupArn: string | undefined, type: string, key: string, domain?: Domain) => {
        const name = `${type}-${domain ?? "custom"}`;
        const schema = datasetSchema(type, domain !== undefined);
        const { schemaArn } = await personalize.createSchema({ name, schema, ...(domain && { domain }) });
        const input = { datasetGroupArn, datasetType: type, name, schemaArn };
        const { datasetArn } = await personalize.createDataset(input);
        await untilActive(async () => (await personalize.describeDataset({ datasetArn })).dataset);
        const dataSource = { dataLocation: `s3://lab/${key}` };
        const { datasetImportJobArn } = await personalize.createDatasetImportJob({
            datasetArn,
            dataSource,
            jobName: name,
            roleArn,
        });
        await untilActive(
            async () => (await personalize.describeDatasetImportJob({ datasetImportJobArn })).datasetImportJob,
        );
        return datasetArn;
    };
    const version = async (name: string, datasetGroupArn: string | undefined) => {
        const recipeArn = `arn:aws:personalize:::recipe/aws-${name}`;
        const { solutionArn } = await personalize.createSolution({ datasetGroupArn, recipeArn, name });
        const { solutionVersionArn } = await personalize.createSolutionVersion({ solutionArn });
        await untilActive(
            async () => (await personalize.describeSolutionVersion({ solutionVersionArn })).solutionVersion,
        );
        return solutionVersionArn;
    };
    const campaign = async (name: string, solutionVersionArn: string | undefined) => {
        const input = { solutionVersionArn, name, minProvisionedTPS: 1 };
        const { campaignArn } = await personalize.createCampaign(input);
        await untilActive(async () => (await personalize.describeCampaign({ campaignArn })).campaign);
        return campaignArn;
    };
    return { group, dataset, version, campaign };
}

/**
 * Runs the 22 examples of AWS's SDK for JavaScript v3, one call each. Replaces their placeholders by the results of
 * earlier examples, and waits until each created resource is ACTIVE.
 */
export async function javascriptExamples({ endpoint }: SampleService): Promise<void> {
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const settings = { endpoint, region: "us-west-2", maxAttempts: 1, credentials };
    const personalize = new Personalize(settings);
    const runtime = new PersonalizeRuntime(settings);
    const events = new PersonalizeEvents(settings);
    const { group, dataset, version, campaign } = createSteps(personalize);

    const custom = await group("javascript");
    const interactions = await dataset(custom, "INTERACTIONS", "plain.csv");
    const items = await dataset(custom, "ITEMS", "items.csv");
    const users = await dataset(custom, "USERS", "users.csv");
    const personal = await version("user-personalization", custom);
    const personalCampaign = await campaign("javascript", personal);
    const recommended = await runtime.getRecommendations({
        campaignArn: personalCampaign,
        userId: "1",
        numResults: 15,
    });
    assert.equal(recommended.itemList?.length, 15);
    const ranking = await campaign("javascript-ranking", await version("personalized-ranking", custom));
    const ranked = await runtime.getPersonalizedRanking({
        campaignArn: ranking,
        userId: "1",
        inputList: ["1", "2", "3", "4"],
    });
    assert.equal(ranked.personalizedRanking?.length, 4);

    const filterExpression = "INCLUDE ItemID WHERE Items.GENRES IN ($PROPERTY)";
    const { filterArn } = await personalize.createFilter({
        datasetGroupArn: custom,
        name: "javascript",
        filterExpression,
    });
    await untilActive(async () => (await personalize.describeFilter({ filterArn })).filter);
    const filtered = await runtime.getRecommendations({
        campaignArn: personalCampaign,
        userId: "1",
        numResults: 15,
        filterArn,
        filterValues: { PROPERTY: '"Taste1"' },
    });
    assert.ok(filtered.itemList?.every(({ itemId }) => Number(itemId) % 5 === 1));

    const tracker = await personalize.createEventTracker({ datasetGroupArn: custom, name: "javascript" });
    await untilActive(
        async () => (await personalize.describeEventTracker({ eventTrackerArn: tracker.eventTrackerArn })).eventTracker,
    );
    const event = { eventType: "click", sentAt: new Date(), itemId: "3", eventId: "1" };
    const { trackingId } = tracker;
    await events.putEvents({ eventList: [event], trackingId, userId: "1", sessionId: "1" });
    const properties = '{"GENRES": "Taste1", "CREATION_TIMESTAMP": 893286638}';
    await events.putItems({ datasetArn: items, items: [{ itemId: "903", properties }] });
    const person = { userId: "101", properties: '{"GENDER": "female"}' };
    await events.putUsers({ datasetArn: users, users: [person] });

    await batchExamples(personalize, personal, await version("item-affinity", custom), interactions);

    const domain = await group("javascript-domain", "VIDEO_ON_DEMAND");
    await dataset(domain, "INTERACTIONS", "watched.csv", "VIDEO_ON_DEMAND");
    const recipeArn = "arn:aws:personalize:::recipe/aws-vod-most-popular";
    const { recommenderArn } = await personalize.createRecommender({
        name: "javascript",
        recipeArn,
        datasetGroupArn: domain,
    });
    await untilActive(async () => (await personalize.describeRecommender({ recommenderArn })).recommender);
    const popular = await runtime.getRecommendations({ recommenderArn, userId: "1", numResults: 15 });
    assert.equal(popular.itemList?.length, 15);
}

async function batchExamples(
    personalize: Personalize,
    personal: string | undefined,
    affinity: string | undefined,
    interactions: string | undefined,
): Promise<void> {
    const jobOf = (name: string, solutionVersionArn: string | undefined) => ({
        jobName: name,
        jobInput: { s3DataSource: { path: `s3://lab/${name}.json` } },
        jobOutput: { s3DataDestination: { path: "s3://lab/javascript/" } },
        roleArn,
        solutionVersionArn,
        numResults: 20,
    });
    const { batchInferenceJobArn } = await personalize.createBatchInferenceJob(jobOf("batch-users", personal));
    await untilActive(
        async () => (await personalize.describeBatchInferenceJob({ batchInferenceJobArn })).batchInferenceJob,
    );
    const { batchSegmentJobArn } = await personalize.createBatchSegmentJob(jobOf("batch-items", affinity));
    await untilActive(async () => (await personalize.describeBatchSegmentJob({ batchSegmentJobArn })).batchSegmentJob);
    const { datasetExportJobArn } = await personalize.createDatasetExportJob({
        datasetArn: interactions,
        jobOutput: { s3DataDestination: { path: "s3://lab/javascript-export/" } },
        jobName: "javascript",
        roleArn,
    });
    await untilActive(
        async () => (await personalize.describeDatasetExportJob({ datasetExportJobArn })).datasetExportJob,
    );
}
