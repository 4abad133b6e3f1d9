import assert from "node:assert/strict";
import type { SampleService } from "./service.ts";
import { datasetSchema, roleArn, untilActive } from "./shapes.ts";

// biome-ignore lint/suspicious/noExplicitAny: each operation's answer has different members
type Answer = any;

const paths: Record<string, string> = {
    GetRecommendations: "/recommendations",
    GetPersonalizedRanking: "/personalize-ranking",
    PutEvents: "/events",
    PutItems: "/items",
    PutUsers: "/users",
};

type Call = (operation: string, input: object) => Promise<Answer>;

function createCaller(endpoint: string): Call {
    return async (operation, input) => {
        const path = paths[operation];
        const scope = "Credential=test/20261127/us-west-2/personalize/aws4_request";
        const headers: Record<string, string> = {
            authorization: `AWS4-HMAC-SHA256 ${scope}, SignedHeaders=host, Signature=0`,
            "content-type": path ? "application/json" : "application/x-amz-json-1.1",
            ...(!path && { "x-amz-target": `AmazonPersonalize.${operation}` }),
        };
        const answer = await fetch(endpoint + (path ?? "/"), { method: "POST", headers, body: JSON.stringify(input) });
        const text = await answer.text();
        if (!answer.ok) throw new Error(`${operation}: ${text}`);
        return text === "" ? {} : JSON.parse(text);
    };
}

/** Returns the steps that several examples have in common. */
function createSteps(call: Call) {
    const active = (kind: string, arn: string) => {
        const member = kind.charAt(0).toLowerCase() + kind.slice(1);
        return untilActive(async () => (await call(`Describe${kind}`, { [`${member}Arn`]: arn }))[member]);
    };
    const group = async (name: string, domain?: string): Promise<string> => {
        const { datasetGroupArn } = await call("CreateDatasetGroup", { name, domain });
        await active("DatasetGroup", datasetGroupArn);
        return datasetGroupArn;
    };
    const dataset = async (datasetGroupArn: string, type: string, key: string, domain?: string): Promise<string> => {
        const name = `${type}-${domain ?? "custom"}`;
        const schema = datasetSchema(type, domain !== undefined);
        const { schemaArn } = await call("CreateSchema", { name, schema, domain });
        const { datasetArn } = await call("CreateDataset", { name, datasetGroupArn, datasetType: type, schemaArn });
        await active("Dataset", datasetArn);
        const dataSource = { dataLocation: `s3://lab/${key}` };
        const job = await call("CreateDatasetImportJob", { jobName: name, datasetArn, dataSource, roleArn });
        await active("DatasetImportJob", job.datasetImportJobArn);
        return datasetArn;
    };
    const solution = async (name: string, datasetGroupArn: string): Promise<{ solution: string; version: string }> => {
        const recipeArn = `arn:aws:personalize:::recipe/aws-${name}`;
        const { solutionArn } = await call("CreateSolution", { name, datasetGroupArn, recipeArn });
        await active("Solution", solutionArn);
        const { solutionVersionArn } = await call("CreateSolutionVersion", { solutionArn });
        await active("SolutionVersion", solutionVersionArn);
        return { solution: solutionArn, version: solutionVersionArn };
    };
    const campaign = async (name: string, solutionVersionArn: string): Promise<string> => {
        const { campaignArn } = await call("CreateCampaign", { minProvisionedTPS: 1, solutionVersionArn, name });
        await active("Campaign", campaignArn);
        return campaignArn;
    };
    return { active, group, dataset, solution, campaign };
}

/**
 * Sends the calls of the 32 examples of AWS's SDK for Java v2 over HTTP, because this repository has no Java. Waits
 * where the examples wait.
 */
export async function javaExamples({ endpoint }: SampleService): Promise<void> {
    const call = createCaller(endpoint);
    const { active, group, dataset, solution, campaign } = createSteps(call);
    const custom = await group("java");
    const interactions = await dataset(custom, "INTERACTIONS", "plain.csv");
    const items = await dataset(custom, "ITEMS", "items.csv");
    const users = await dataset(custom, "USERS", "users.csv");
    const personal = await solution("user-personalization", custom);
    const described = await call("DescribeSolution", { solutionArn: personal.solution });
    assert.equal(described.solution.name, "user-personalization");
    await call("ListSolutions", { maxResults: 10, datasetGroupArn: custom });
    await call("ListDatasetGroups", { maxResults: 15 });
    assert.ok((await call("ListRecipes", { maxResults: 15 })).recipes.length > 0);
    const { recipe } = await call("DescribeRecipe", {
        recipeArn: "arn:aws:personalize:::recipe/aws-user-personalization",
    });
    assert.equal(recipe.name, "aws-user-personalization");

    const campaignArn = await campaign("java", personal.version);
    await call("ListCampaigns", { maxResults: 10, solutionArn: personal.solution });
    const recommended = await call("GetRecommendations", { campaignArn, numResults: 20, userId: "1" });
    assert.equal(recommended.itemList.length, 20);
    const ranking = await solution("personalized-ranking", custom);
    const rankingCampaign = await campaign("java-ranking", ranking.version);
    const inputList = ["1", "2", "3"];
    const ranked = await call("GetPersonalizedRanking", { campaignArn: rankingCampaign, userId: "1", inputList });
    assert.equal(ranked.personalizedRanking.length, 3);
    const filterExpression =
        "INCLUDE ItemID WHERE Items.GENRES IN ($GENRES) | EXCLUDE ItemID WHERE Items.GENRES IN ($NOT)";
    const { filterArn } = await call("CreateFilter", { name: "java", datasetGroupArn: custom, filterExpression });
    await active("Filter", filterArn);
    const filterValues = { GENRES: '"Taste1","Taste2"', NOT: '"Taste2"' };
    const filtered = { campaignArn, numResults: 20, userId: "1", filterArn, filterValues };
    const { itemList } = await call("GetRecommendations", filtered);
    assert.ok(itemList.every(({ itemId }: { itemId: string }) => Number(itemId) % 5 === 1));

    const { eventTrackerArn, trackingId } = await call("CreateEventTracker", { name: "java", datasetGroupArn: custom });
    await active("EventTracker", eventTrackerArn);
    const event = { sentAt: Date.now() / 1000, itemId: "3", eventType: "typeval" };
    await call("PutEvents", { trackingId, userId: "1", sessionId: "s", eventList: [event] });
    const properties = '{"GENRES": "Taste1", "CREATION_TIMESTAMP": 893286638}';
    await call("PutItems", { datasetArn: items, items: ["903", "904"].map((itemId) => ({ itemId, properties })) });
    await call("PutUsers", { datasetArn: users, users: [{ userId: "101", properties: '{"GENDER": "female"}' }] });

    const batch = await call("CreateBatchInferenceJob", {
        solutionVersionArn: personal.version,
        jobName: "java",
        roleArn,
        jobInput: { s3DataSource: { path: "s3://lab/batch-users.json" } },
        jobOutput: { s3DataDestination: { path: "s3://lab/java" } },
        batchInferenceJobConfig: {
            itemExplorationConfig: { explorationWeight: "0.3", explorationItemAgeCutOff: "30" },
        },
    });
    await active("BatchInferenceJob", batch.batchInferenceJobArn);
    const exported = await call("CreateDatasetExportJob", {
        jobName: "java",
        datasetArn: interactions,
        ingestionMode: "ALL",
        roleArn,
        jobOutput: { s3DataDestination: { path: "s3://lab/java-export/" } },
    });
    await active("DatasetExportJob", exported.datasetExportJobArn);

    const newer = await call("CreateSolutionVersion", { solutionArn: personal.solution });
    await active("SolutionVersion", newer.solutionVersionArn);
    const update = { campaignArn, solutionVersionArn: newer.solutionVersionArn, minProvisionedTPS: 2 };
    await call("UpdateCampaign", update);
    await untilActive(async () => (await call("DescribeCampaign", { campaignArn })).campaign.latestCampaignUpdate);

    const domain = await group("java-domain", "VIDEO_ON_DEMAND");
    await dataset(domain, "INTERACTIONS", "watched.csv", "VIDEO_ON_DEMAND");
    const recipeArn = "arn:aws:personalize:::recipe/aws-vod-trending-now";
    const { recommenderArn } = await call("CreateRecommender", { name: "java", datasetGroupArn: domain, recipeArn });
    await active("Recommender", recommenderArn);
    const trending = await call("GetRecommendations", { recommenderArn, numResults: 20, userId: "1" });
    assert.equal(trending.itemList.length, 20);

    await call("DeleteEventTracker", { eventTrackerArn });
    for (const arn of [campaignArn, rankingCampaign]) {
        await active("Campaign", arn);
        await call("DeleteCampaign", { campaignArn: arn });
    }
    await untilGone(() => call("DescribeCampaign", { campaignArn }));
    await call("DeleteSolution", { solutionArn: personal.solution });
}

async function untilGone(describe: () => Promise<Answer>): Promise<void> {
    for (;;) {
        try {
            await describe();
        } catch (error) {
            if (String(error).includes("ResourceNotFoundException")) return;
            throw error;
        }
        await new Promise((resolve) => setTimeout(resolve, 200));
    }
}
