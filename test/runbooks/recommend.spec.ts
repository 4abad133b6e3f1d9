import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { interactionsCsv, syntheticRatings } from "../../packages/local-personalize/test/interactions.ts";
import {
    arn,
    createBucket,
    createDataset,
    recipe,
    runImportJob,
    type Service,
    startService,
    trainVersion,
} from "../../packages/local-personalize/test/support.ts";
import { recommend, titlesBeside } from "../../runbooks/lib/recommendations/recommendations.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

describe("`recommend` with the local Personalize", () => {
    const ratings = syntheticRatings();
    const { access } = createBucket({ "films/interactions.csv": interactionsCsv(ratings) });
    let service: Service;

    before(async () => {
        service = await startService({ access });
        const { datasetArn, datasetGroupArn } = await createDataset(service);
        await runImportJob(service, { jobName: "first", datasetArn, dataLocation: "s3://films/interactions.csv" });
        const recipeArn = recipe("aws-user-personalization");
        await service.personalize.createSolution({ name: "films", datasetGroupArn, recipeArn });
        const { solutionVersionArn } = await trainVersion(service, arn("solution/films"));
        await service.personalize.createCampaign({ name: "films", solutionVersionArn });
    });
    after(() => service?.discard());

    const ask = (users: readonly string[], numResults = 10, titleOf = (itemId: string) => `Film ${itemId}`) =>
        recommend({ client: service.runtime, titleOf }, { campaignArn: arn("campaign/films"), users, numResults });

    it("`recommend` returns titles for each user, in descending order of score", async () => {
        const lists = await ask(["22", "6", "nobody"]);
        assert.deepEqual(Object.keys(lists).sort(), ["22", "6", "nobody"]);
        for (const list of Object.values(lists)) {
            assert.equal(list.length, 10);
            const scores = list.map(({ score }) => Number(score));
            assert.deepEqual(
                scores,
                scores.toSorted((a, b) => b - a),
            );
            assert.ok(scores.every((score) => score > 0 && score < 1));
            for (const { itemId, title } of list) {
                assert.equal(title, `Film ${itemId}`);
                assert.ok(ratings.some(({ item }) => `${item}` === itemId));
            }
        }
        assert.notDeepEqual(lists["22"], lists["6"]);
    });

    it("`recommend` returns the requested number of items", async () => {
        assert.equal((await ask(["22"], 3))["22"]?.length, 3);
    });

    it("`recommend` fails with ResourceNotFoundException if the campaign does not exist", async () => {
        const { runtime: client } = service;
        const campaignArn = arn("campaign/none");
        await assert.rejects(recommend({ client, titleOf: String }, { campaignArn, users: ["22"], numResults: 1 }), {
            name: "ResourceNotFoundException",
        });
    });
});

describe("`titlesBeside` the interactions", () => {
    it("`titlesBeside` returns an item's title and year from the catalogue, or else the ID", async () => {
        const folder = temporaryFolder();
        const interactions = join(folder, "interactions.csv");
        assert.equal((await titlesBeside(interactions))("1"), "1");
        const catalogue = [
            { itemId: "1", title: "Toy Story", year: 1995, genres: [] },
            { itemId: "2", title: "unknown", year: null, genres: [] },
        ];
        await writeFile(join(folder, "catalogue.json"), JSON.stringify(catalogue));
        const titleOf = await titlesBeside(interactions);
        assert.deepEqual(["1", "2", "3"].map(titleOf), ["Toy Story (1995)", "unknown", "3"]);
        await writeFile(join(folder, "catalogue.json"), "{");
        await assert.rejects(titlesBeside(interactions), SyntaxError);
    });
});
