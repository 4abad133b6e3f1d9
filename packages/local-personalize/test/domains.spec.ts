import assert from "node:assert/strict";
import type { Domain, RecommenderConfig } from "@aws-sdk/client-personalize";
import { fetchFilms, films, genresOf, history, itemsSchema, post } from "./films-service.ts";
import {
    addDataset,
    arn,
    column,
    createBucket,
    createRecommender,
    createSchema,
    fetchItems,
    interactionsSchema,
    recipe,
    refuses,
    type Service,
    serviceOf,
    startService,
} from "./support.ts";

/** Returns the event type of a row: each 10th row is a Purchase (300 rows, fewer than 1,000), the others are Clicks. */
const eventOf = (row: number) => (row % 10 === 0 ? "Purchase" : "Click");
/** Returns the studio of a film. Films with odd numbers have none. */
const studioOf = (film: number) => (film % 2 === 0 ? `Studio ${film}` : undefined);
const objects = {
    "movies/interactions.csv": `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${history
        .map(({ user, item, timestamp }, row) => `${user},${item},${eventOf(row)},${timestamp}\n`)
        .join("")}`,
    "movies/watched.csv": `USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n${history
        .map(({ user, item, timestamp }) => `${user},${item},Watch,${timestamp}\n`)
        .join("")}`,
    "movies/items.csv": `ITEM_ID,GENRES,CREATION_TIMESTAMP,STUDIO\n${[...films, 990]
        .map((film) => `${film},${genresOf(film).join("|")},${800_000_000},${studioOf(film) ?? ""}\n`)
        .join("")}`,
};
const categories = createSchema(
    "Items",
    column("ITEM_ID"),
    column("GENRES", "string", { categorical: true }),
    column("CREATION_TIMESTAMP", "long"),
    column("STUDIO", ["null", "string"]),
);

/** Creates a dataset group of a domain with imported interactions and, with `items`, a catalog. */
async function openDomain(service: Service, name: string, domain: Domain | undefined, files: Record<string, string>) {
    const { personalize } = service;
    const { datasetGroupArn } = await personalize.createDatasetGroup({ name, ...(domain && { domain }) });
    for (const [datasetType, file] of Object.entries(files)) {
        const schema =
            datasetType === "ITEMS" ? (domain === "VIDEO_ON_DEMAND" ? categories : itemsSchema) : interactionsSchema;
        const dataset = { name: `${name}-${datasetType}`, datasetType, schema, ...(file !== "" && { file }) };
        await addDataset(service, { datasetGroupArn, domain }, dataset);
    }
    return datasetGroupArn ?? "";
}

describe("Use cases of domains", () => {
    const { access } = createBucket(objects);
    const service = serviceOf(() => startService({ access }));
    before(async () => {
        await openDomain(service, "shop", "ECOMMERCE", { INTERACTIONS: "interactions.csv" });
        const video = { INTERACTIONS: "watched.csv", ITEMS: "items.csv" };
        await openDomain(service, "video", "VIDEO_ON_DEMAND", video);
        await openDomain(service, "clicks", "VIDEO_ON_DEMAND", { INTERACTIONS: "interactions.csv" });
        for (const [name, filterExpression] of Object.entries({
            taste: "INCLUDE ItemID WHERE Items.GENRES IN ($TASTE)",
            even: 'INCLUDE ItemID WHERE Items.GENRES IN ("Even")',
        })) {
            const filter = { name, datasetGroupArn: arn("dataset-group/video"), filterExpression };
            await service.personalize.createFilter(filter);
        }
    });

    const describeIt = async (name: string) =>
        (await service.personalize.describeRecommender({ recommenderArn: arn(`recommender/${name}`) })).recommender;
    const create = async (group: string, useCase: string, recommenderConfig?: RecommenderConfig) => {
        const name = `${group}-${useCase}`.slice(0, 60);
        return createRecommender(service, {
            name,
            datasetGroupArn: arn(`dataset-group/${group}`),
            recipeArn: recipe(useCase),
            ...(recommenderConfig && { recommenderConfig }),
        });
    };
    const remove = (name: string) =>
        service.personalize.deleteRecommender({ recommenderArn: arn(`recommender/${name}`) });
    const ask = (name: string, input: object) =>
        fetchFilms(service, { recommenderArn: arn(`recommender/${name}`), ...input });
    const usedBy = (user: number, isUse: (row: number) => boolean) =>
        new Set(history.filter((event, row) => event.user === user && isUse(row)).map(({ item }) => item));

    const tooFew = "Dataset has fewer than 1000 interactions after filtering by event type: Watch";
    for (const [group, useCase, failure] of [
        ["clicks", "aws-vod-more-like-x"],
        ["clicks", "aws-vod-trending-now"],
        ["clicks", "aws-vod-top-picks"],
        ["shop", "aws-ecomm-recommended-for-you"],
        ["clicks", "aws-vod-most-popular", tooFew],
    ] as const) {
        it(`training of ${useCase} requires 1,000 events of ${failure ? "the type Watch" : "any event type"}`, async () => {
            const { failureReason, name = "" } = await create(group, useCase);
            assert.equal(failureReason, failure);
            await remove(name);
        });
    }

    for (const { useCase, group, itemId, isUse } of [
        { useCase: "aws-vod-because-you-watched-x", group: "video", itemId: "6", isUse: () => true },
        { useCase: "aws-vod-more-like-x", group: "video", itemId: "6", isUse: () => true },
        {
            useCase: "aws-ecomm-recommended-for-you",
            group: "shop",
            itemId: undefined,
            isUse: (row: number) => eventOf(row) === "Purchase",
        },
    ]) {
        it(`${useCase} does not recommend what the user watched or purchased`, async () => {
            const { name = "" } = await create(group, useCase);
            const used = usedBy(22, isUse);
            const list = await ask(name, { userId: "22", itemId, numResults: 100 });
            const other = await ask(name, { userId: "nobody", itemId, numResults: 100 });
            assert.ok(used.size > 0 && list.every((film) => !used.has(film)));
            assert.ok(other.some((film) => used.has(film)));
            await refuses(ask(name, { itemId }), /A userId is required/);
            await remove(name);
        });
    }

    it("a stopped recommender does not answer until it is started", async () => {
        const { name = "" } = await create("video", "aws-vod-top-picks");
        const recommenderArn = arn(`recommender/${name}`);
        const list = await ask(name, { userId: "22" });
        await service.personalize.stopRecommender({ recommenderArn });
        assert.equal((await describeIt(name))?.status, "INACTIVE");
        await refuses(ask(name, { userId: "22" }), /is INACTIVE/);
        const again = service.personalize.stopRecommender({ recommenderArn });
        await refuses(again, /is INACTIVE; it must be ACTIVE/, "ResourceInUseException");
        await service.personalize.startRecommender({ recommenderArn });
        assert.equal((await describeIt(name))?.status, "ACTIVE");
        assert.deepEqual(await ask(name, { userId: "22" }), list);
        await remove(name);
    });

    it("UpdateRecommender changes the configuration, and rejects a trainingDataConfig", async () => {
        const { name = "" } = await create("video", "aws-vod-top-picks");
        const update = (recommenderConfig: RecommenderConfig) =>
            service.personalize.updateRecommender({ recommenderArn: arn(`recommender/${name}`), recommenderConfig });
        await update({ enableMetadataWithRecommendations: true, minRecommendationRequestsPerSecond: 2 });
        const { recommenderConfig, latestRecommenderUpdate } = (await describeIt(name)) ?? {};
        assert.equal(latestRecommenderUpdate?.status, "ACTIVE");
        assert.deepEqual(recommenderConfig, {
            enableMetadataWithRecommendations: true,
            minRecommendationRequestsPerSecond: 2,
        });
        await ask(name, { userId: "22", metadataColumns: { ITEMS: ["GENRES"] } });
        await refuses(
            update({ trainingDataConfig: { excludedDatasetColumns: { ITEMS: ["GENRES"] } } }),
            /trainingDataConfig of UpdateRecommender is not emulated here/,
        );
        await refuses(update({ itemExplorationConfig: { weight: "1" } }), /itemExplorationConfig has no weight/);
        await remove(name);
    });

    const withMetadata = { enableMetadataWithRecommendations: true };

    it("an item's metadata contains the requested columns in lower case, and the list has no scores", async () => {
        const { recommenderArn } = await create("video", "aws-vod-top-picks", withMetadata);
        const metadataColumns = { ITEMS: ["GENRES", "studio", "CREATION_TIMESTAMP"] };
        const list = await fetchItems(service, { recommenderArn, userId: "22", metadataColumns, numResults: 50 });
        assert.equal(list.length, 50);
        for (const { itemId, ...rest } of list) {
            const film = Number(itemId);
            const studio = studioOf(film);
            assert.deepEqual(rest, {
                metadata: {
                    genres: genresOf(film).join("|"),
                    creation_timestamp: "800000000",
                    ...(studio !== undefined && { studio }),
                },
            });
        }
        const watched = new Set(history.filter(({ user }) => user === 22).map(({ item }) => String(item)));
        assert.ok(watched.size > 0 && list.every(({ itemId = "" }) => !watched.has(itemId)));
    });

    it("CreateRecommender with metadata requires an Items dataset", () =>
        refuses(
            create("clicks", "aws-vod-top-picks", withMetadata),
            /needs an Items dataset, and .*dataset-group\/clicks has none/,
        ));

    const recommenderArn = arn("recommender/video-aws-vod-top-picks");
    const recommend = (more: object) => fetchItems(service, { recommenderArn, userId: "22", numResults: 20, ...more });
    const promotion = {
        name: "taste-3",
        percentPromotedItems: 25,
        filterArn: arn("filter/taste"),
        filterValues: { TASTE: '"Taste3"' },
    };

    it("a promotion fills its percentage of the list with the best items of the promotion's own filter", async () => {
        const list = await recommend({ promotions: [promotion], filterArn: arn("filter/even") });
        const promoted = list.filter(({ promotionName }) => promotionName === "taste-3").map(({ itemId }) => itemId);
        const best = await recommend({ filterArn: promotion.filterArn, filterValues: promotion.filterValues });
        assert.equal(list.length, 20);
        assert.deepEqual(
            promoted,
            best.slice(0, 5).map(({ itemId }) => itemId),
        );
        const others = list.filter(({ promotionName }) => promotionName === undefined);
        assert.ok(others.every(({ itemId }) => Number(itemId) % 2 === 0));
        assert.equal(new Set(list.map(({ itemId }) => itemId)).size, 20);
    });

    it("promoted items are at random positions in the list", async () => {
        const placesOf = async () =>
            (await recommend({ promotions: [promotion] })).flatMap(({ promotionName }, place) =>
                promotionName ? [place] : [],
            );
        const places = await Promise.all(Array.from({ length: 8 }, async () => (await placesOf()).join()));
        assert.ok(new Set(places).size > 1);
    });

    it("GetRecommendations rejects the ARN of a recommender as campaignArn", () =>
        refuses(
            recommend({ recommenderArn: undefined, campaignArn: recommenderArn }),
            /The given campaign does not exist/,
            "ResourceNotFoundException",
        ));

    it("GetRecommendations rejects an incomplete promotion", () =>
        refuses(
            recommend({ promotions: [{ name: "sale", percentPromotedItems: 10 }] }),
            /A promotion needs a name, percentPromotedItems and a filterArn/,
        ));
});

describe("Configurations of recommenders", () => {
    const service = serviceOf(() => startService({ access: createBucket(objects).access, throttle: true }));
    let datasetGroupArn: string;
    before(async () => {
        datasetGroupArn = await openDomain(service, "video", "VIDEO_ON_DEMAND", {
            INTERACTIONS: "watched.csv",
            ITEMS: "items.csv",
        });
    });

    /** Creates a recommender, calls it `requests` times, deletes it, and returns the last list. */
    const ask = async (useCase: string, recommenderConfig: RecommenderConfig, input: object, requests = 1) => {
        const recommender = { name: useCase, datasetGroupArn, recipeArn: recipe(useCase), recommenderConfig };
        const { recommenderArn } = await createRecommender(service, recommender);
        try {
            let list: string[] = [];
            for (let request = 0; request < requests; request++) {
                const items = await fetchItems(service, { recommenderArn, userId: "22", ...input });
                list = items.map(({ itemId = "" }) => itemId);
            }
            return list;
        } finally {
            await service.personalize.deleteRecommender({ recommenderArn });
        }
    };

    it("a recommender with an explorationWeight recommends new items", async () => {
        const itemExplorationConfig = { explorationWeight: "1", explorationItemAgeCutOff: "10000" };
        const explored = await ask("aws-vod-top-picks", { itemExplorationConfig }, {});
        assert.notDeepEqual(explored, await ask("aws-vod-top-picks", {}, {}));
        await refuses(
            ask("aws-vod-most-popular", { itemExplorationConfig }, {}),
            /An itemExplorationConfig is only for aws-user-personalization/,
        );
    });

    it("trainingDataConfig of a recommender can exclude columns from the recommender's training", async () => {
        const input = { userId: "nobody", itemId: "990", numResults: 5 };
        const alike = await ask("aws-vod-more-like-x", {}, input);
        assert.ok(
            alike.every((film) => genresOf(Number(film))[0] === genresOf(990)[0]),
            alike.join(),
        );
        const trainingDataConfig = { excludedDatasetColumns: { ITEMS: ["GENRES"] } };
        assert.notDeepEqual(await ask("aws-vod-more-like-x", { trainingDataConfig }, input), alike);
        trainingDataConfig.excludedDatasetColumns.ITEMS = ["GENRE"];
        await refuses(
            ask("aws-vod-more-like-x", { trainingDataConfig }, input),
            /The dataset ITEMS has no column GENRE/,
        );
    });

    it("with throttling enabled, a recommender rejects requests above its minimum rate, and PutItems is limited to 10 calls a second", async () => {
        await ask("aws-vod-top-picks", { minRecommendationRequestsPerSecond: 5 }, {}, 40);
        await refuses(ask("aws-vod-top-picks", {}, {}, 40), "Rate exceeded", "ThrottlingException");
        const properties = JSON.stringify({ genres: "New", creationTimestamp: 800_000_000 });
        const put = { datasetArn: arn("dataset/video/ITEMS"), items: [{ itemId: "991", properties }] };
        const statuses = await Promise.all(
            Array.from({ length: 20 }, async () => (await post(service, "/items", put)).status),
        );
        assert.ok(statuses.includes(200) && statuses.includes(429), statuses.join());
    });
});

describe("Training on events alone", () => {
    it("CreateRecommender trains on 1,000 events of PutEvents without an import, and fails without any events", async () => {
        const service = await startService({ access: createBucket().access });
        try {
            const datasetGroupArn = await openDomain(service, "video", "VIDEO_ON_DEMAND", { INTERACTIONS: "" });
            const { trackingId } = await service.personalize.createEventTracker({ name: "video", datasetGroupArn });
            const recommender = { name: "popular", datasetGroupArn, recipeArn: recipe("aws-vod-most-popular") };
            const create = service.personalize.createRecommender(recommender);
            await refuses(create, /no item interactions to train on/);
            for (let row = 0; row < 1000; row += 10) {
                const eventList = history
                    .slice(row, row + 10)
                    .map(({ item, timestamp }) => ({ eventType: "Watch", itemId: `${item}`, sentAt: timestamp }));
                const sent = { trackingId, userId: `${row % 300}`, sessionId: `${row}`, eventList };
                assert.equal((await post(service, "/events", sent)).status, 200);
            }
            const { recommenderArn, status, failureReason } = await createRecommender(service, recommender);
            assert.equal(status, "ACTIVE", failureReason);
            assert.equal((await fetchItems(service, { recommenderArn, userId: "0", numResults: 5 })).length, 5);
        } finally {
            await service.discard();
        }
    });
});
