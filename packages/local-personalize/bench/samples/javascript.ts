import assert from "node:assert/strict";
import {
    CreateBatchInferenceJobCommand,
    CreateBatchSegmentJobCommand,
    CreateCampaignCommand,
    CreateDatasetCommand,
    CreateDatasetExportJobCommand,
    CreateDatasetGroupCommand,
    CreateDatasetImportJobCommand,
    CreateEventTrackerCommand,
    CreateFilterCommand,
    CreateRecommenderCommand,
    CreateSchemaCommand,
    CreateSolutionCommand,
    CreateSolutionVersionCommand,
    DescribeBatchInferenceJobCommand,
    DescribeBatchSegmentJobCommand,
    DescribeCampaignCommand,
    DescribeDatasetCommand,
    DescribeDatasetExportJobCommand,
    DescribeDatasetGroupCommand,
    DescribeDatasetImportJobCommand,
    DescribeEventTrackerCommand,
    DescribeFilterCommand,
    DescribeRecommenderCommand,
    DescribeSolutionVersionCommand,
    type Domain,
    PersonalizeClient,
} from "@aws-sdk/client-personalize";
import {
    PersonalizeEventsClient,
    PutEventsCommand,
    PutItemsCommand,
    PutUsersCommand,
} from "@aws-sdk/client-personalize-events";
import {
    GetPersonalizedRankingCommand,
    GetRecommendationsCommand,
    PersonalizeRuntimeClient,
} from "@aws-sdk/client-personalize-runtime";
import type { SampleService } from "./service.ts";
import { datasetSchema, roleArn, untilActive } from "./shapes.ts";

/** Returns the steps that several examples have in common. */
function createSteps(personalize: PersonalizeClient) {
    const group = async (name: string, domain?: Domain) => {
        const group = await personalize.send(new CreateDatasetGroupCommand({ name, ...(domain && { domain }) }));
        const look = new DescribeDatasetGroupCommand({ datasetGroupArn: group.datasetGroupArn });
        await untilActive(async () => (await personalize.send(look)).datasetGroup);
        return group.datasetGroupArn;
    };
    const dataset = async (datasetGroupArn: string | undefined, type: string, key: string, domain?: Domain) => {
        const name = `${type}-${domain ?? "custom"}`;
        const schema = datasetSchema(type, domain !== undefined);
        const { schemaArn } = await personalize.send(
            new CreateSchemaCommand({ name, schema, ...(domain && { domain }) }),
        );
        const input = { datasetGroupArn, datasetType: type, name, schemaArn };
        const { datasetArn } = await personalize.send(new CreateDatasetCommand(input));
        await untilActive(async () => (await personalize.send(new DescribeDatasetCommand({ datasetArn }))).dataset);
        const dataSource = { dataLocation: `s3://lab/${key}` };
        const job = new CreateDatasetImportJobCommand({ datasetArn, dataSource, jobName: name, roleArn });
        const { datasetImportJobArn } = await personalize.send(job);
        const look = new DescribeDatasetImportJobCommand({ datasetImportJobArn });
        await untilActive(async () => (await personalize.send(look)).datasetImportJob);
        return datasetArn;
    };
    const version = async (name: string, datasetGroupArn: string | undefined) => {
        const recipeArn = `arn:aws:personalize:::recipe/aws-${name}`;
        const { solutionArn } = await personalize.send(new CreateSolutionCommand({ datasetGroupArn, recipeArn, name }));
        const { solutionVersionArn } = await personalize.send(new CreateSolutionVersionCommand({ solutionArn }));
        const look = new DescribeSolutionVersionCommand({ solutionVersionArn });
        await untilActive(async () => (await personalize.send(look)).solutionVersion);
        return solutionVersionArn;
    };
    const campaign = async (name: string, solutionVersionArn: string | undefined) => {
        const input = { solutionVersionArn, name, minProvisionedTPS: 1 };
        const { campaignArn } = await personalize.send(new CreateCampaignCommand(input));
        await untilActive(async () => (await personalize.send(new DescribeCampaignCommand({ campaignArn }))).campaign);
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
    const personalize = new PersonalizeClient(settings);
    const runtime = new PersonalizeRuntimeClient(settings);
    const events = new PersonalizeEventsClient(settings);
    const { group, dataset, version, campaign } = createSteps(personalize);

    const custom = await group("javascript");
    const interactions = await dataset(custom, "INTERACTIONS", "plain.csv");
    const items = await dataset(custom, "ITEMS", "items.csv");
    const users = await dataset(custom, "USERS", "users.csv");
    const personal = await version("user-personalization", custom);
    const personalCampaign = await campaign("javascript", personal);
    const recommended = await runtime.send(
        new GetRecommendationsCommand({ campaignArn: personalCampaign, userId: "1", numResults: 15 }),
    );
    assert.equal(recommended.itemList?.length, 15);
    const ranking = await campaign("javascript-ranking", await version("personalized-ranking", custom));
    const ranked = await runtime.send(
        new GetPersonalizedRankingCommand({ campaignArn: ranking, userId: "1", inputList: ["1", "2", "3", "4"] }),
    );
    assert.equal(ranked.personalizedRanking?.length, 4);

    const filterExpression = "INCLUDE ItemID WHERE Items.GENRES IN ($PROPERTY)";
    const { filterArn } = await personalize.send(
        new CreateFilterCommand({ datasetGroupArn: custom, name: "javascript", filterExpression }),
    );
    await untilActive(async () => (await personalize.send(new DescribeFilterCommand({ filterArn }))).filter);
    const filtered = await runtime.send(
        new GetRecommendationsCommand({
            campaignArn: personalCampaign,
            userId: "1",
            numResults: 15,
            filterArn,
            filterValues: { PROPERTY: '"Taste1"' },
        }),
    );
    assert.ok(filtered.itemList?.every(({ itemId }) => Number(itemId) % 5 === 1));

    const tracker = await personalize.send(
        new CreateEventTrackerCommand({ datasetGroupArn: custom, name: "javascript" }),
    );
    const look = new DescribeEventTrackerCommand({ eventTrackerArn: tracker.eventTrackerArn });
    await untilActive(async () => (await personalize.send(look)).eventTracker);
    const event = { eventType: "click", sentAt: new Date(), itemId: "3", eventId: "1" };
    const { trackingId } = tracker;
    await events.send(new PutEventsCommand({ eventList: [event], trackingId, userId: "1", sessionId: "1" }));
    const properties = '{"GENRES": "Taste1", "CREATION_TIMESTAMP": 893286638}';
    await events.send(new PutItemsCommand({ datasetArn: items, items: [{ itemId: "903", properties }] }));
    const person = { userId: "101", properties: '{"GENDER": "female"}' };
    await events.send(new PutUsersCommand({ datasetArn: users, users: [person] }));

    await batchExamples(personalize, personal, await version("item-affinity", custom), interactions);

    const domain = await group("javascript-domain", "VIDEO_ON_DEMAND");
    await dataset(domain, "INTERACTIONS", "watched.csv", "VIDEO_ON_DEMAND");
    const recipeArn = "arn:aws:personalize:::recipe/aws-vod-most-popular";
    const { recommenderArn } = await personalize.send(
        new CreateRecommenderCommand({ name: "javascript", recipeArn, datasetGroupArn: domain }),
    );
    const recommender = new DescribeRecommenderCommand({ recommenderArn });
    await untilActive(async () => (await personalize.send(recommender)).recommender);
    const popular = await runtime.send(new GetRecommendationsCommand({ recommenderArn, userId: "1", numResults: 15 }));
    assert.equal(popular.itemList?.length, 15);
}

async function batchExamples(
    personalize: PersonalizeClient,
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
    const { batchInferenceJobArn } = await personalize.send(
        new CreateBatchInferenceJobCommand(jobOf("batch-users", personal)),
    );
    const inference = new DescribeBatchInferenceJobCommand({ batchInferenceJobArn });
    await untilActive(async () => (await personalize.send(inference)).batchInferenceJob);
    const { batchSegmentJobArn } = await personalize.send(
        new CreateBatchSegmentJobCommand(jobOf("batch-items", affinity)),
    );
    const segment = new DescribeBatchSegmentJobCommand({ batchSegmentJobArn });
    await untilActive(async () => (await personalize.send(segment)).batchSegmentJob);
    const { datasetExportJobArn } = await personalize.send(
        new CreateDatasetExportJobCommand({
            datasetArn: interactions,
            jobOutput: { s3DataDestination: { path: "s3://lab/javascript-export/" } },
            jobName: "javascript",
            roleArn,
        }),
    );
    const exported = new DescribeDatasetExportJobCommand({ datasetExportJobArn });
    await untilActive(async () => (await personalize.send(exported)).datasetExportJob);
}
