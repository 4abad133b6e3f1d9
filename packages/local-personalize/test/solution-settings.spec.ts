import assert from "node:assert/strict";
import type { CreateSolutionCommandInput } from "@aws-sdk/client-personalize";
import { films, history, post } from "./films-service.ts";
import {
    addDataset,
    arn,
    column,
    createBucket,
    createSchema,
    exportLines,
    interactionColumns,
    recipe,
    refuses,
    serviceOf,
    startService,
    trainRecipe,
} from "./support.ts";

const datasetGroupArn = arn("dataset-group/films");
const category = (name: string) => column(name, "string", { categorical: true });
const schemas = {
    INTERACTIONS: createSchema("Interactions", ...interactionColumns, category("DEVICE"), column("NOTE")),
    ITEMS: createSchema("Items", column("ITEM_ID"), category("GENRES"), column("PRICE", "float")),
};
/** Returns the device of a film's viewings: a phone for films with even numbers, a TV for the others. */
const deviceOf = (film: number) => (film % 2 === 0 ? "phone" : "tv");
/** Returns a film's price. Films with higher numbers are watched more, and are cheaper. */
const priceOf = (film: number) => 1000 - film;
const objects = {
    "movies/INTERACTIONS.csv": `USER_ID,ITEM_ID,EVENT_TYPE,DEVICE,NOTE,TIMESTAMP\n${history
        .map(({ user, item, timestamp }) => `${user},${item},Watch,${deviceOf(item)},"a, note",${timestamp}\n`)
        .join("")}`,
    "movies/ITEMS.csv": `ITEM_ID,GENRES,PRICE\n${[...films, 990, 991]
        .map((film) => `${film},Taste${film % 5},${priceOf(film)}\n`)
        .join("")}`,
};

describe("Settings of solutions, context and impressions", () => {
    const bucket = createBucket({ ...objects });
    const service = serviceOf(() => startService({ access: bucket.access }));
    let solutions = 0;
    before(async () => {
        const { personalize } = service;
        await personalize.createDatasetGroup({ name: "films" });
        for (const [datasetType, schema] of Object.entries(schemas)) {
            const dataset = { name: datasetType, datasetType, schema, file: `${datasetType}.csv` };
            await addDataset(service, { datasetGroupArn }, dataset);
        }
    });
    afterEach(async () => {
        const { personalize } = service;
        await personalize.deleteCampaign({ campaignArn: arn("campaign/films") }).catch(() => {});
        while (solutions > 0) {
            const solutionArn = arn(`solution/solution-${--solutions}`);
            await personalize.deleteSolution({ solutionArn }).catch(() => {});
        }
    });

    const createSolution = (recipeName: string, more: Partial<CreateSolutionCommandInput>) =>
        service.personalize.createSolution({
            name: "refused",
            datasetGroupArn,
            recipeArn: recipe(recipeName),
            ...more,
        });
    const train = (recipeName: string, more: Partial<CreateSolutionCommandInput> = {}) =>
        trainRecipe(service, recipeName, { name: `solution-${solutions++}`, ...more });
    /** Deploys a solution version on the campaign that all tests of this file share. */
    const deploy = async (solutionVersionArn: string, itemExplorationConfig?: Record<string, string>) => {
        const campaignConfig = { ...(itemExplorationConfig && { itemExplorationConfig }) };
        const campaignArn = arn("campaign/films");
        await service.personalize
            .createCampaign({ name: "films", solutionVersionArn, campaignConfig })
            .catch(() => service.personalize.updateCampaign({ campaignArn, solutionVersionArn, campaignConfig }));
        return campaignArn;
    };
    const recommend = async (campaignArn: string, input: object) =>
        (await service.runtime.getRecommendations({ campaignArn, ...input })).itemList ?? [];
    const ids = (list: readonly { itemId?: string | undefined }[]) => list.map(({ itemId }) => Number(itemId));
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    const refused = (recipeName: string, more: Partial<CreateSolutionCommandInput>, message: RegExp) =>
        refuses(createSolution(recipeName, more), message);

    it("an optimizationObjective raises items with high values of its column, and adds the metric average_rewards_at_k", async () => {
        const priceOn = async (solutionVersionArn: string) => {
            const list = await recommend(await deploy(solutionVersionArn), { userId: "22", numResults: 10 });
            return mean(ids(list).map(priceOf));
        };
        const version = (objectiveSensitivity: "LOW" | "HIGH" | "OFF") =>
            train("aws-user-personalization", {
                solutionConfig: { optimizationObjective: { itemAttribute: "PRICE", objectiveSensitivity } },
            });
        const [off, low, high] = [await version("OFF"), await version("LOW"), await version("HIGH")];
        const [without, some, most] = [await priceOn(off), await priceOn(low), await priceOn(high)];
        assert.ok(without < some && some < most, `${without} ${some} ${most}`);
        const { metrics = {} } = await service.personalize.getSolutionMetrics({ solutionVersionArn: high });
        assert.ok((metrics.average_rewards_at_k ?? 0) > 0 && (metrics.average_rewards_at_k ?? 2) <= 1);
        const plain = await train("aws-user-personalization");
        const other = await service.personalize.getSolutionMetrics({ solutionVersionArn: plain });
        assert.equal(other.metrics?.average_rewards_at_k, undefined);
    });

    it("CreateSolution rejects an incomplete optimizationObjective", () =>
        refused(
            "aws-user-personalization",
            { solutionConfig: { optimizationObjective: { itemAttribute: "PRICE" } } },
            /needs an itemAttribute and an objectiveSensitivity/,
        ));

    it("CreateSolution rejects unknown hyperparameters and values outside their range", async () => {
        const with_ = (algorithmHyperParameters: Record<string, string>) => ({
            solutionConfig: { algorithmHyperParameters },
        });
        await refused("aws-sims", with_({ hidden_dimension: "64" }), /aws-sims has no hyperparameter hidden_dimension/);
        await refused("aws-sims", with_({ min_cointeraction_count: "11" }), /an integer from 0 to 10, not 11/);
        await refused("aws-user-personalization", with_({ recency_mask: "yes" }), /must be true or false, not yes/);
        await refused(
            "aws-user-personalization-v2",
            { solutionConfig: { featureTransformationParameters: { trend_discovery_frequency: "1 day" } } },
            /no feature transformation parameter trend_discovery_frequency/,
        );
    });

    it("hyperparameters change the recommendations", async () => {
        const related = async (algorithmHyperParameters: Record<string, string>, itemId = "77") => {
            const version = await train("aws-sims", { solutionConfig: { algorithmHyperParameters } });
            return ids(await recommend(await deploy(version), { itemId, numResults: 10 }));
        };
        const popularFirst = mean(await related({ popularity_discount_factor: "0.0" }));
        const standard = await related({});
        const rareFirst = mean(await related({ popularity_discount_factor: "1.0" }));
        assert.ok(popularFirst < mean(standard) && mean(standard) < rareFirst, `${popularFirst} ${rareFirst}`);
        assert.notDeepEqual(await related({ min_cointeraction_count: "10" }, "148"), await related({}, "148"));
        const personal = async (algorithmHyperParameters: Record<string, string>) => {
            const version = await train("aws-user-personalization", { solutionConfig: { algorithmHyperParameters } });
            return ids(await recommend(await deploy(version), { userId: "22" }));
        };
        assert.notDeepEqual(await personal({ recency_mask: "False" }), await personal({ recency_mask: "True" }));
    });

    it("feature transformation parameters can exclude users with long histories from the training", async () => {
        const coverage = async (featureTransformationParameters: Record<string, string>) => {
            const solutionVersionArn = await train("aws-user-personalization", {
                solutionConfig: { featureTransformationParameters },
            });
            return (await service.personalize.getSolutionMetrics({ solutionVersionArn })).metrics;
        };
        assert.notDeepEqual(await coverage({ max_user_history_length_percentile: "0.8" }), await coverage({}));
    });

    it("DescribeSolutionVersion returns the best hyperparameters of performHPO as tunedHPOParams", async () => {
        const tuned = async (recipeName: string, hpoConfig?: object) => {
            const solutionVersionArn = await train(recipeName, {
                performHPO: true,
                ...(hpoConfig && { solutionConfig: { hpoConfig } }),
            });
            return (await service.personalize.describeSolutionVersion({ solutionVersionArn })).solutionVersion
                ?.tunedHPOParams?.algorithmHyperParameters;
        };
        const range = { name: "min_cointeraction_count", minValue: 5, maxValue: 7 };
        const { min_cointeraction_count: count, ...others } =
            (await tuned("aws-sims", {
                hpoResourceConfig: { maxNumberOfTrainingJobs: "4", maxParallelTrainingJobs: "2" },
                algorithmHyperParameterRanges: { integerHyperParameterRanges: [range] },
            })) ?? {};
        assert.ok(Number(count) >= 5 && Number(count) <= 7, count);
        assert.deepEqual(Object.keys(others), ["popularity_discount_factor"]);
        assert.deepEqual(Object.keys((await tuned("aws-user-personalization")) ?? {}), [
            "hidden_dimension",
            "bptt",
            "recency_mask",
        ]);
    });

    it("CreateSolution rejects performHPO and hpoConfig if they would have no effect", async () => {
        const { personalize } = service;
        await refused("aws-user-personalization-v2", { performHPO: true }, /no hyperparameters that performHPO could/);
        await refused("aws-sims", { solutionConfig: { hpoConfig: {} } }, /An hpoConfig needs performHPO/);
        const hpo = (hpoConfig: object) => ({ performHPO: true, solutionConfig: { hpoConfig } });
        const algorithmHyperParameterRanges = {
            integerHyperParameterRanges: [{ name: "bptt", minValue: 2, maxValue: 3 }],
        };
        await refused("aws-sims", hpo({ algorithmHyperParameterRanges }), /no tunable hyperparameter bptt/);
        await refused(
            "aws-sims",
            hpo({ hpoResourceConfig: { maxNumberOfTrainingJobs: "41" } }),
            /maxNumberOfTrainingJobs must be from 1 to 40, not 41/,
        );
        const algorithmArn = "arn:aws:personalize:::algorithm/aws-sims";
        const { algorithm } = await personalize.describeAlgorithm({ algorithmArn });
        assert.deepEqual(algorithm?.defaultHyperParameterRanges?.integerHyperParameterRanges, [
            { name: "min_cointeraction_count", minValue: 0, maxValue: 10, isTunable: true },
        ]);
    });

    it("a context in the request raises items that users use in the same context", async () => {
        const campaignArn = await deploy(await train("aws-user-personalization"));
        const phoneShare = async (context?: Record<string, string>) => {
            const list = ids(
                await recommend(campaignArn, { userId: "22", numResults: 20, ...(context && { context }) }),
            );
            return mean(list.map((film) => (deviceOf(film) === "phone" ? 1 : 0)));
        };
        const [phone, none, tv] = [
            await phoneShare({ DEVICE: "phone" }),
            await phoneShare(),
            await phoneShare({ DEVICE: "tv" }),
        ];
        assert.ok(tv < none && none < phone, `${tv} ${none} ${phone}`);
        assert.equal(await phoneShare({ DEVICE: "never seen" }), none);
        const message =
            /The context NOTE is not a column of interactions that the model is trained on; it has: DEVICE\./;
        await refuses(phoneShare({ NOTE: "a, note" }), message);
    });

    it("trainingDataConfig can exclude a column from the context", async () => {
        const excludedDatasetColumns = { INTERACTIONS: ["DEVICE"] };
        const version = await train("aws-user-personalization", {
            solutionConfig: { trainingDataConfig: { excludedDatasetColumns } },
        });
        const campaignArn = await deploy(version);
        const request = recommend(campaignArn, { userId: "22", context: { DEVICE: "phone" } });
        await refuses(request, /it has: none\./);
    });

    it("a context changes rankings, and recipes for related items reject a context", async () => {
        const campaignArn = await deploy(await train("aws-personalized-ranking"));
        const rank = async (context: Record<string, string>) => {
            const inputList = films.slice(0, 20).map(String);
            return ids(
                (await service.runtime.getPersonalizedRanking({ campaignArn, userId: "22", inputList, context }))
                    .personalizedRanking ?? [],
            );
        };
        assert.notDeepEqual(await rank({ DEVICE: "phone" }), await rank({}));
        await deploy(await train("aws-sims"));
        const related = recommend(campaignArn, { itemId: "1", context: { DEVICE: "phone" } });
        await refuses(related, /does not use a context/);
    });

    it("an item that users see but ignore is explored less often", async () => {
        const campaignArn = await deploy(await train("aws-user-personalization"), { explorationWeight: "0.2" });
        const explored = async () => {
            const users = [...new Set(history.map(({ user }) => user))];
            const lists = await Promise.all(users.map((user) => recommend(campaignArn, { userId: String(user) })));
            const count = (film: number) => lists.filter((list) => ids(list).includes(film)).length;
            return [count(990), count(991)] as const;
        };
        const [before] = await explored();
        const { trackingId } = await service.personalize.createEventTracker({ name: "films", datasetGroupArn });
        for (let event = 0; event < 20; event++) {
            const eventList = [
                {
                    eventType: "Watch",
                    itemId: "1",
                    sentAt: 900_000_000 + event,
                    impression: ["1", "990"],
                    properties: '{"device":"watch"}',
                },
            ];
            const { status } = await post(service, "/events", { trackingId, sessionId: `new-${event}`, eventList });
            assert.equal(status, 200);
        }
        const [after, other] = await explored();
        assert.ok(after < before && after < other, `990 in ${before} lists, then in ${after}; 991 in ${other}`);
    });

    it("exports contain all columns of the schema, and for streamed events the values of the events' properties", async () => {
        const [header, first] = await exportLines(service, bucket, "INTERACTIONS", "BULK");
        assert.equal(header, "USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,DEVICE,NOTE");
        const row = history[0];
        assert.equal(first, `${row?.user},${row?.item},Watch,${row?.timestamp},${deviceOf(row?.item ?? 0)},"a, note"`);
        const [, event] = await exportLines(service, bucket, "INTERACTIONS", "PUT");
        assert.equal(event, "new-0,1,Watch,900000000,watch,");
    });
});
