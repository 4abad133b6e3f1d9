import assert from "node:assert/strict";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    refusal,
    refuses,
    runImportJob,
    serviceOf,
    startService,
    trainRecipe,
    trainVersion,
} from "./support.ts";

const dataLocation = "s3://movies/interactions.csv";

describe("Local Personalize from schema to recommendations", () => {
    const ratings = syntheticRatings();
    const itemsOf = (user: number) => new Set(ratings.filter((row) => row.user === user).map((row) => `${row.item}`));
    const bucket = createBucket({ "movies/interactions.csv": interactionsCsv(ratings) });
    const service = serviceOf(() => startService({ access: bucket.access }));
    let datasetGroupArn: string;
    let solutionVersionArn: string;
    let campaignArn: string;
    const solutionArn = arn("solution/films");

    before(async () => {
        const created = await createDataset(service);
        datasetGroupArn = created.datasetGroupArn;
        const job = await runImportJob(service, { jobName: "first", datasetArn: created.datasetArn, dataLocation });
        assert.equal(job.status, "ACTIVE", job.failureReason);
        const { personalize } = service;
        solutionVersionArn = await trainRecipe(service, "aws-user-personalization", { name: "films" });
        const campaign = await personalize.createCampaign({ name: "films", solutionVersionArn });
        campaignArn = String(campaign.campaignArn);
    });

    const recommend = async (userId: string | undefined, numResults?: number) => {
        const input = { campaignArn, userId, ...(numResults !== undefined && { numResults }) };
        const { itemList = [], recommendationId } = await service.runtime.getRecommendations(input);
        return { items: itemList, recommendationId };
    };

    it("the import checks access to S3 with the import job's ARN as aws:SourceArn", () => {
        const request = bucket.requests[0];
        assert.deepEqual(request, {
            roleArn: "arn:aws:iam::000000000000:role/AmazonPersonalize-ExecutionRole",
            bucket: "movies",
            key: "interactions.csv",
            isPrefix: false,
            sourceArn: arn("dataset-import-job/first"),
            sourceAccount: "000000000000",
            region: "eu-central-1",
        });
    });

    it("GetRecommendations returns 25 items in descending order of score, and the scores sum to at most 1", async () => {
        const { items, recommendationId } = await recommend("22");
        const scores = items.map(({ score }) => score ?? Number.NaN);
        assert.equal(items.length, 25);
        assert.deepEqual(
            scores,
            scores.toSorted((a, b) => b - a),
        );
        assert.ok(scores.every((score) => score > 0 && score === Number(score.toFixed(7))));
        assert.ok(scores.reduce((sum, score) => sum + score) <= 1);
        assert.match(recommendationId ?? "", /^RID-\w{2}-\w{4}-\w{4}-\w{12}-CID-\w{6}$/);
    });

    it("unfiltered lists contain 5 to 50 % watched items", async () => {
        const users = [...new Set(ratings.map(({ user }) => user))];
        const watched = await Promise.all(
            users.map(async (user) => {
                const { items } = await recommend(`${user}`);
                return items.filter(({ itemId }) => itemsOf(user).has(String(itemId))).length;
            }),
        );
        const share = watched.reduce((sum, count) => sum + count, 0) / (25 * users.length);
        assert.ok(share > 0.05 && share < 0.5, `${share}`);
    });

    it("users with history get different lists, and unknown users get the popular items", async () => {
        const ids = async (userId: string) => (await recommend(userId)).items.map(({ itemId }) => itemId);
        assert.notDeepEqual(await ids("22"), await ids("6"));
        assert.deepEqual(await ids("unknown"), await ids("also unknown"));
        assert.equal((await recommend("unknown")).items.length, 25);
    });

    it("numResults 0 returns 25 items, and invalid requests are rejected", async () => {
        assert.equal((await recommend("22", 0)).items.length, 25);
        await refuses(recommend("22", 501), /'501' at 'numResults'.*equal to 500/);
        await refuses(recommend(undefined), /userId is required/);
        await assert.rejects(
            service.runtime.getRecommendations({ campaignArn: arn("campaign/none"), userId: "22" }),
            (error: { name: string; $metadata: object }) => {
                assert.equal(error.name, "ResourceNotFoundException");
                assert.equal((error.$metadata as { httpStatusCode: number }).httpStatusCode, 404);
                return true;
            },
        );
    });

    it("a campaign has at most 500 TPS, and the log names a changed recipe", async () => {
        const update = (more: object) => service.personalize.updateCampaign({ campaignArn, ...more });
        await refuses(update({ minProvisionedTPS: 501 }), /at most 500, and is 501/, "LimitExceededException");
        await update({ solutionVersionArn: await trainRecipe(service, "aws-sims") });
        const changed = /changes its recipe from .*user-personalization to .*aws-sims/;
        assert.ok(service.lines.some((line) => changed.test(line)));
        await update({ solutionVersionArn });
        await service.personalize.deleteSolution({ solutionArn: arn("solution/aws-sims") });
    });

    it("two solution versions on the same data have equal metrics, because the test users are the same", async () => {
        const metricsOf = async (version: string | undefined) =>
            (await service.personalize.getSolutionMetrics({ solutionVersionArn: version })).metrics;
        const { solutionVersionArn: second } = await trainVersion(service, solutionArn);
        assert.deepEqual(await metricsOf(second), await metricsOf(solutionVersionArn));
    });

    it("resources can be deleted only in the order that AWS requires", async () => {
        const { personalize } = service;
        const schemaArn = arn("schema/films-schema");
        const datasetArn = arn("dataset/films/INTERACTIONS");
        const inUse = (what: RegExp) => refusal("ResourceInUseException", what);
        await assert.rejects(personalize.deleteSolution({ solutionArn }), inUse(/campaign\/films/));
        await assert.rejects(personalize.deleteDatasetGroup({ datasetGroupArn }), inUse(/solution/));
        await assert.rejects(personalize.deleteSchema({ schemaArn }), inUse(/dataset\/films/));
        await personalize.deleteCampaign({ campaignArn });
        await personalize.deleteSolution({ solutionArn });
        await personalize.deleteDataset({ datasetArn });
        await personalize.deleteSchema({ schemaArn });
        await personalize.deleteDatasetGroup({ datasetGroupArn });
        await refuses(
            personalize.describeDatasetGroup({ datasetGroupArn }),
            `The given dataset group does not exist: ${datasetGroupArn}`,
            "ResourceNotFoundException",
        );
        await refuses(recommend("22"), /campaign/, "ResourceNotFoundException");
        assert.deepEqual((await personalize.listSolutionVersions({})).solutionVersions, []);
        assert.equal(
            (await personalize.describeDatasetImportJob({ datasetImportJobArn: arn("dataset-import-job/first") }))
                .datasetImportJob?.status,
            "ACTIVE",
        );
    });
});
