import assert from "node:assert/strict";
import type { PredictedItem } from "@aws-sdk/client-personalize-runtime";
import { createCatalogue, datasetGroupArn, films, filmsBucket, genresOf, history, itemsCsv } from "./films-service.ts";
import {
    arn,
    createDataset,
    importRole,
    recipe,
    refuses,
    runImportJob,
    serviceOf,
    startService,
    trainRecipe,
    trainVersion,
    untilEnded,
} from "./support.ts";

describe("Recipes of the local Personalize", () => {
    const bucket = filmsBucket();
    // Film 990 has the genre Taste0, and is new: it has no interactions.
    bucket.objects["movies/items.csv"] = itemsCsv([...films, 990]);
    // Only this speed accepts AutoML and legacy recipes.
    const service = serviceOf(() => startService({ access: bucket.access, speed: "samples" }));
    const versions = new Map<string, string>();
    let campaigns = 0;

    before(async () => {
        const { datasetArn } = await createDataset(service);
        await runImportJob(service, { jobName: "a", datasetArn, dataLocation: "s3://movies/interactions.csv" });
        await createCatalogue(service);
        const filter = {
            name: "even",
            datasetGroupArn,
            filterExpression: 'INCLUDE ItemID WHERE Items.GENRES IN ("Even")',
        };
        await service.personalize.createFilter(filter);
    });

    /** Returns the ARN of a solution version of a recipe; trains it at the first call. */
    const versionOf = async (name: string) => {
        const cached = versions.get(name);
        if (cached !== undefined) return cached;
        const version = await trainRecipe(service, name);
        versions.set(name, version);
        return version;
    };
    const ask = async (recipeName: string, input: object, itemExplorationConfig?: Record<string, string>) => {
        const { campaignArn } = await service.personalize.createCampaign({
            name: `campaign-${campaigns++}`,
            solutionVersionArn: await versionOf(recipeName),
            ...(itemExplorationConfig && { campaignConfig: { itemExplorationConfig } }),
        });
        try {
            const { itemList = [] } = await service.runtime.getRecommendations({ campaignArn, ...input });
            return itemList;
        } finally {
            await service.personalize.deleteCampaign({ campaignArn });
        }
    };
    const ids = (list: readonly PredictedItem[]) => list.map(({ itemId }) => itemId ?? "");
    const tasteOf = (itemId: string) => genresOf(Number(itemId))[0];

    for (const name of ["aws-sims", "aws-similar-items"]) {
        it(`${name} returns items that the users of the given itemId like, and no scores`, async () => {
            const list = await ask(name, { itemId: "6", numResults: 10 });
            assert.equal(list.length, 10);
            assert.ok(list.every(({ itemId, score }) => itemId !== "6" && score === undefined));
            const alike = ids(list).filter((itemId) => tasteOf(itemId) === tasteOf("6")).length;
            assert.ok(alike >= 5, `${alike} of the 10 have the taste of film 6; chance has 2`);
            const popular = await ask("aws-popularity-count", { numResults: 10 });
            assert.ok(popular.every(({ score }) => score === undefined));
            assert.deepEqual(await ask(name, { itemId: "never seen", numResults: 10 }), popular);
            await refuses(ask(name, { userId: "22" }), /An itemId is required/);
            const even = ids(await ask(name, { itemId: "6", filterArn: arn("filter/even") }));
            assert.ok(even.length > 0 && even.every((itemId) => Number(itemId) % 2 === 0));
        });
    }

    it("aws-similar-items recommends a new item by its categories, and aws-sims does not", async () => {
        const list = ids(await ask("aws-similar-items", { itemId: "990", numResults: 5 }));
        assert.ok(
            list.every((itemId) => tasteOf(itemId) === tasteOf("990")),
            list.join(),
        );
        const popular = ids(await ask("aws-popularity-count", { numResults: 5 }));
        assert.deepEqual(ids(await ask("aws-sims", { itemId: "990", numResults: 5 })), popular);
    });

    it("AutoML chooses aws-user-personalization, and trains automatically by default", async () => {
        const { personalize, lines } = service;
        const solutionArn = arn("solution/auto");
        await personalize.createSolution({ name: "auto", datasetGroupArn, performAutoML: true });
        assert.equal((await trainVersion(service, solutionArn)).recipeArn, recipe("aws-user-personalization"));
        const { solution } = await personalize.describeSolution({ solutionArn });
        assert.equal(solution?.autoMLResult?.bestRecipeArn, recipe("aws-user-personalization"));
        assert.equal(solution?.performAutoTraining, true);
        assert.ok(lines.some((line) => line.includes("performAutoTraining is on")));
        // The quota allows 10 solutions, and the other tests need them.
        await personalize.deleteSolution({ solutionArn });
    });

    it("a larger explorationWeight adds new items to lists", async () => {
        const shown = async (config?: Record<string, string>) =>
            ids(await ask("aws-user-personalization", { userId: "7", numResults: 25 }, config)).filter(
                (id) => id === "990",
            );
        assert.deepEqual(await shown(), []);
        assert.deepEqual(await shown({ explorationWeight: "0" }), []);
        assert.deepEqual(await shown({ explorationWeight: "1", explorationItemAgeCutOff: "30" }), ["990"]);
    });

    it("v2 recipes mark explored items with the reason Exploration", async () => {
        const list = await ask("aws-user-personalization-v2", { userId: "7", numResults: 25 });
        assert.deepEqual(
            list.filter(({ reason }) => reason).map(({ itemId, reason }) => [itemId, reason]),
            [["990", ["Exploration"]]],
        );
    });

    it("GetPersonalizedRanking returns items in the order of GetRecommendations, and needs a campaign of its type", async () => {
        const [listed, ranking] = await Promise.all(
            ["aws-user-personalization", "aws-personalized-ranking"].map(async (name) => {
                const solutionVersionArn = await versionOf(name);
                return (await service.personalize.createCampaign({ name: `${name}-a`, solutionVersionArn }))
                    .campaignArn;
            }),
        );
        const rank = (campaignArn: string | undefined, inputList: string[]) =>
            service.runtime.getPersonalizedRanking({ campaignArn, userId: "22", inputList });
        const recommend = (campaignArn: string | undefined) =>
            service.runtime.getRecommendations({ campaignArn, userId: "22", numResults: 40 });
        const watched = new Set(history.filter(({ user }) => user === 22).map(({ item }) => String(item)));
        const best = ids((await recommend(listed)).itemList ?? []).filter((film) => !watched.has(film));
        assert.ok(best.length >= 12, `${best.length}`);
        assert.deepEqual(ids((await rank(ranking, best.toReversed())).personalizedRanking ?? []), best);
        await refuses(rank(listed, ["1"]), /needs aws-personalized-ranking/);
        await refuses(recommend(ranking), /use GetPersonalizedRanking/);
        for (const campaignArn of [listed, ranking]) await service.personalize.deleteCampaign({ campaignArn });
    });

    it("ranking recipes put unknown items last, with score 0 or without a score", async () => {
        for (const [name, score] of [
            ["aws-personalized-ranking", 0],
            ["aws-personalized-ranking-v2", undefined],
        ] as const) {
            const { campaignArn } = await service.personalize.createCampaign({
                name,
                solutionVersionArn: await versionOf(name),
            });
            const inputList = ["never seen", "3", "77", "12"];
            const { personalizedRanking = [] } = await service.runtime.getPersonalizedRanking({
                campaignArn,
                userId: "9",
                inputList,
            });
            assert.deepEqual(ids(personalizedRanking).toSorted(), inputList.toSorted());
            assert.deepEqual(personalizedRanking.at(-1), { itemId: "never seen", ...(score === 0 && { score }) });
            const total = personalizedRanking.reduce((sum, item) => sum + (item.score ?? 0), 0);
            assert.ok(Math.abs(total - 1) < 1e-3);
            await service.personalize.deleteCampaign({ campaignArn });
        }
    });

    it("solution versions of each recipe type have the metrics of that type", async () => {
        const metricsOf = async (name: string) => {
            const solutionVersionArn = await versionOf(name);
            return (await service.personalize.getSolutionMetrics({ solutionVersionArn })).metrics ?? {};
        };
        const related = await metricsOf("aws-sims");
        assert.ok((related.normalized_discounted_cumulative_gain_at_10 ?? 0) > 0);
        const trending = await metricsOf("aws-trending-now");
        assert.ok((trending.trend_prediction_accuracy ?? -1) >= 0 && (trending.trend_prediction_accuracy ?? 2) <= 1);
        const segments = await metricsOf("aws-item-affinity");
        assert.deepEqual(Object.keys(segments), ["coverage", "hits_at_1_percent", "recall_at_1_percent"]);
    });

    it("segment recipes reject campaigns, and aws-trending-now rejects batch jobs", async () => {
        const segment = { name: "segment", solutionVersionArn: await versionOf("aws-item-affinity") };
        await refuses(service.personalize.createCampaign(segment), /cannot be deployed: use CreateBatchSegmentJob/);
        const job = {
            jobName: "trends",
            solutionVersionArn: await versionOf("aws-trending-now"),
            jobInput: { s3DataSource: { path: "s3://movies/in/a.json" } },
            jobOutput: { s3DataDestination: { path: "s3://movies/out/" } },
            roleArn: importRole,
        };
        await refuses(service.personalize.createBatchInferenceJob(job), /cannot use the recipe .*trending-now/);
    });

    it("batch jobs of ranking recipes rank each line's items and report missing fields", async () => {
        bucket.objects["movies/in/rank.json"] =
            '{"userId":"9","itemList":["3","77"]}\n{"userId":"9"}\n{"itemList":["3"]}\n{"userId":"9","itemList":"3"}\n';
        const { batchInferenceJobArn } = await service.personalize.createBatchInferenceJob({
            jobName: "rank",
            solutionVersionArn: await versionOf("aws-personalized-ranking"),
            jobInput: { s3DataSource: { path: "s3://movies/in/rank.json" } },
            jobOutput: { s3DataDestination: { path: "s3://movies/out/" } },
            roleArn: importRole,
        });
        await untilEnded(
            async () =>
                (await service.personalize.describeBatchInferenceJob({ batchInferenceJobArn })).batchInferenceJob,
        );
        const lines = String(bucket.objects["movies/out/rank.json.out"])
            .trimEnd()
            .split("\n")
            .map((line) => JSON.parse(line));
        assert.deepEqual(lines[0].output.recommendedItems.toSorted(), ["3", "77"]);
        assert.equal(lines[0].output.scores.length, 2);
        assert.deepEqual(
            lines.slice(1).map(({ error }) => error),
            [
                "A line for ranking needs a userId and an itemList.",
                "A line for ranking needs a userId and an itemList.",
                "The itemList is not a list of strings.",
            ],
        );
    });
});
