import assert from "node:assert/strict";
import type { EventParameters } from "@aws-sdk/client-personalize";
import { weighing } from "../model/event-choice.ts";
import {
    addDataset,
    arn,
    column,
    createBucket,
    createSchema,
    interactionColumns,
    recipe,
    refuses,
    serviceOf,
    startService,
    trainVersion,
} from "./support.ts";

/**
 * Returns the interactions of sixty users of a shop. A user views a "start" product, and then views a "seen" product or
 * buys a "bought" product, equally often. A purchase has the value 9.5. Every second view has the value 2, and the
 * others have no value.
 */
function shop(): string {
    const rows = ["USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP,EVENT_VALUE"];
    for (let user = 0; user < 60; user++) {
        for (let turn = 0; turn < 20; turn++) {
            const at = 1_700_000_000 + user * 1000 + turn * 10;
            rows.push(`u${user},start-${turn % 7},View,${at},${turn % 2 === 0 ? 2 : ""}`);
            const isPurchase = (user + turn) % 2 === 0;
            const then = isPurchase ? "bought" : "seen";
            rows.push(
                `u${user},${then}-${turn % 5},${isPurchase ? "Purchase" : "View"},${at + 1},${isPurchase ? 9.5 : ""}`,
            );
        }
    }
    return `${rows.join("\n")}\n`;
}

const events = (...eventParametersList: EventParameters[]) => ({ eventsConfig: { eventParametersList } });
const views = { eventType: "View", weight: 0.1 };
const purchases = { eventType: "Purchase", weight: 1 };

describe("Event weights of a solution", () => {
    const { access } = createBucket({ "movies/shop.csv": shop() });
    const service = serviceOf(() => startService({ access }));
    before(async () => {
        const { personalize } = service;
        const schema = createSchema("Interactions", ...interactionColumns, column("EVENT_VALUE", ["float", "null"]));
        const { datasetGroupArn } = await personalize.createDatasetGroup({ name: "shop" });
        const dataset = { name: "shop", datasetType: "Interactions", schema, file: "shop.csv" };
        await addDataset(service, { datasetGroupArn }, dataset);
    });

    const create = (name: string, parameters: EventParameters[] | undefined, v2 = true) =>
        service.personalize.createSolution({
            name,
            datasetGroupArn: arn("dataset-group/shop"),
            recipeArn: recipe(v2 ? "aws-user-personalization-v2" : "aws-user-personalization"),
            performAutoTraining: false,
            ...(parameters && { solutionConfig: events(...parameters) }),
        });
    /**
     * Deploys a version, and returns the list of a user and the sums of its scores for "seen" and "bought" products.
     */
    async function shares(name: string, solutionVersionArn: string | undefined) {
        const { campaignArn } = await service.personalize.createCampaign({
            name,
            solutionVersionArn: String(solutionVersionArn),
        });
        const answer = await service.runtime.getRecommendations({ campaignArn, userId: "u3", numResults: 100 });
        await service.personalize.deleteCampaign({ campaignArn });
        const of = (kind: string) =>
            (answer.itemList ?? [])
                .filter(({ itemId }) => itemId?.startsWith(kind))
                .reduce((sum, { score = 0 }) => sum + score, 0);
        return { bought: of("bought"), seen: of("seen"), list: answer.itemList };
    }
    async function trained(name: string, parameters: EventParameters[] | undefined) {
        await create(name, parameters);
        const version = await trainVersion(service, arn(`solution/${name}`));
        assert.equal(version.status, "ACTIVE", version.failureReason);
        return version.solutionVersionArn;
    }
    const metricsOf = async (solutionVersionArn: string | undefined) =>
        (await service.personalize.getSolutionMetrics({ solutionVersionArn })).metrics ?? {};

    it("`weighing` divides event weights by their mean, so only the ratios of the weights matter", () => {
        const weightOf = weighing({
            eventParameters: [
                { eventType: "a", weight: 0.3 },
                { eventType: "b", weight: 0.1 },
            ],
        });
        assert.deepEqual(
            [weightOf("a", Number.NaN), weightOf("b", 1)].map((weight) => weight?.toFixed(6)),
            ["1.500000", "0.500000"],
        );
        assert.equal(weightOf("c", 1), undefined);
        assert.equal(weighing({ eventParameters: [{ eventType: "a", weight: 0 }] })("a", 1), 1);
        assert.equal(weighing({ eventType: "a" })("b", 1), undefined);
    });

    it("a larger weight of an event type raises the scores of items with such events, and equal weights change nothing", async () => {
        const plain = await shares("plain", await trained("plain", undefined));
        const equal = await shares("equal", await trained("equal", [views, { ...purchases, weight: 0.1 }]));
        const buying = await shares("buying", await trained("buying", [views, purchases]));
        const looking = await shares(
            "looking",
            await trained("looking", [
                { ...views, weight: 1 },
                { ...purchases, weight: 0.1 },
            ]),
        );
        assert.deepEqual(equal.list, plain.list);
        assert.ok(buying.bought / buying.seen > 2 * (plain.bought / plain.seen), JSON.stringify([buying, plain]));
        assert.ok(looking.bought / looking.seen < plain.bought / plain.seen / 2, JSON.stringify([looking, plain]));
    });

    it("a training uses only events of the configured types whose value is at least the type's eventValueThreshold", async () => {
        const bought = await shares("only", await trained("only", [purchases, { ...views, eventValueThreshold: 2 }]));
        assert.equal(bought.seen, 0);
        assert.ok(bought.bought > 0);
        await create("few", [{ ...purchases, eventValueThreshold: 9.5 }]);
        const few = await trainVersion(service, arn("solution/few"));
        assert.equal(
            few.failureReason,
            "Dataset has fewer than 1000 interactions after filtering by event type: Purchase",
        );
    });

    it("only solutions with event weights have the metric NDCG with event weights", async () => {
        const key = "normalized_discounted_cumulative_gain_with_event_weights_at_10";
        const metrics = await metricsOf(await trained("measured", [views, purchases]));
        assert.ok((metrics[key] ?? -1) >= 0, JSON.stringify(metrics));
        assert.equal((await metricsOf(await trained("unmeasured", undefined)))[key], undefined);
    });

    it("updated event weights apply to the next solution version, and an empty list removes the weights", async () => {
        const solutionArn = arn("solution/shown");
        const versionArn = await trained("shown", [views, purchases]);
        const { solution } = await service.personalize.describeSolution({ solutionArn });
        assert.deepEqual(solution?.solutionConfig, events(views, purchases));
        await service.personalize.updateSolution({
            solutionArn,
            solutionUpdateConfig: events(purchases, { ...views, weight: 0 }),
        });
        const version = async (solutionVersionArn: string | undefined) =>
            (await service.personalize.describeSolutionVersion({ solutionVersionArn })).solutionVersion;
        assert.deepEqual((await version(versionArn))?.solutionConfig, events(views, purchases));
        const next = await trainVersion(service, solutionArn);
        assert.deepEqual(
            (await version(next.solutionVersionArn))?.solutionConfig,
            events(purchases, { ...views, weight: 0 }),
        );
        await service.personalize.updateSolution({ solutionArn, solutionUpdateConfig: events() });
        const last = await trainVersion(service, solutionArn);
        assert.ok((await shares("ended", last.solutionVersionArn)).seen > 0);
    });

    it("CreateSolution rejects event weights unless the recipe is a v2 recipe", () =>
        refuses(create("old", [views], false), /only for recipes of version 2/));
});
