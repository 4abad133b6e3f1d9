import assert from "node:assert/strict";
import type { Domain } from "@aws-sdk/client-personalize";
import { films, genresOf, history } from "./films-service.ts";
import { interactionsCsv, syntheticRatings } from "./interactions.ts";
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
    refusal,
    type Service,
    startService,
} from "./support.ts";

const domain: Domain = "VIDEO_ON_DEMAND";
const itemsSchema = createSchema(
    "Items",
    column("ITEM_ID"),
    column("GENRES", "string", { categorical: true }),
    column("CREATION_TIMESTAMP", "long"),
    column("STUDIO", ["null", "string"]),
);
/** Returns the studio of a film. Films with odd numbers have none. */
const studioOf = (film: number) => (film % 2 === 0 ? `Studio ${film}` : undefined);
const itemsCsv = `ITEM_ID,GENRES,CREATION_TIMESTAMP,STUDIO\n${films
    .map((film) => `${film},${genresOf(film).join("|")},${800_000_000 + film},${studioOf(film) ?? ""}\n`)
    .join("")}`;

describe("metadataColumns of a recommender", () => {
    let service: Service;
    before(async () => {
        const { access } = createBucket({
            "movies/interactions.csv": interactionsCsv(syntheticRatings()),
            "movies/items.csv": itemsCsv,
        });
        service = await startService({ access });
        await openGroup("films", { interactions: interactionsSchema, items: itemsSchema });
        await open("films", "shown", "aws-vod-top-picks", true);
        await open("films", "plain", "aws-vod-top-picks", undefined);
        await open("films", "because", "aws-vod-because-you-watched-x", true);
    });
    after(() => service?.discard());

    /** Creates a dataset group of the domain with imported datasets. */
    const openGroup = async (name: string, schemas: Record<string, string>) => {
        const { personalize } = service;
        const { datasetGroupArn } = await personalize.createDatasetGroup({ name, domain });
        for (const [datasetType, schema] of Object.entries(schemas)) {
            const dataset = { name: `${name}-${datasetType}`, datasetType, schema, file: `${datasetType}.csv` };
            await addDataset(service, { datasetGroupArn, domain }, dataset);
        }
    };

    /** Creates a recommender in a dataset group, and waits until it is ACTIVE. */
    const open = async (
        group: string,
        name: string,
        useCase: string,
        enableMetadataWithRecommendations: boolean | undefined,
    ) => {
        const { status, failureReason } = await createRecommender(service, {
            name,
            datasetGroupArn: arn(`dataset-group/${group}`),
            recipeArn: recipe(useCase),
            ...(enableMetadataWithRecommendations !== undefined && {
                recommenderConfig: { enableMetadataWithRecommendations },
            }),
        });
        assert.equal(status, "ACTIVE", failureReason);
    };

    const recommend = (name: string, columns?: string[], more: object = {}) =>
        fetchItems(service, {
            recommenderArn: arn(`recommender/${name}`),
            userId: "22",
            ...(columns && { metadataColumns: { ITEMS: columns } }),
            ...more,
        });

    it("an item's metadata contains the requested columns in lower case, and the list has no scores", async () => {
        const list = await recommend("shown", ["GENRES", "studio", "CREATION_TIMESTAMP"], { numResults: 50 });
        assert.equal(list.length, 50);
        for (const { itemId, ...rest } of list) {
            const film = Number(itemId);
            const studio = studioOf(film);
            assert.deepEqual(rest, {
                metadata: {
                    genres: genresOf(film).join("|"),
                    creation_timestamp: String(800_000_000 + film),
                    ...(studio !== undefined && { studio }),
                },
            });
        }
        const watched = new Set(history.filter(({ user }) => user === 22).map(({ item }) => String(item)));
        assert.ok(watched.size > 0 && list.every(({ itemId = "" }) => !watched.has(itemId)));
    });

    it("metadata is returned only on request and does not change the recommended items", async () => {
        const plain = await recommend("shown");
        assert.ok(plain.every((item) => !("metadata" in item)));
        const shown = await recommend("shown", ["GENRES"]);
        assert.deepEqual(
            shown.map(({ itemId }) => itemId),
            plain.map(({ itemId }) => itemId),
        );
        assert.deepEqual(await recommend("plain"), plain);
    });

    it("metadata is returned for a use case that is based on an item", async () => {
        const list = await recommend("because", ["GENRES"], { userId: "nobody", itemId: "6", numResults: 5 });
        assert.deepEqual(
            list.map(({ metadata }) => metadata?.genres),
            list.map(({ itemId }) => genresOf(Number(itemId)).join("|")),
        );
        assert.equal(list.length, 5);
    });

    it("a recommender rejects metadataColumns unless it has metadata enabled", async () => {
        const message = /not enabled for .*recommender\/plain\. .* for a recommender by CreateRecommender/;
        await assert.rejects(recommend("plain", ["GENRES"]), refusal("InvalidInputException", message));
        const shown = async (name: string) => {
            const recommenderArn = arn(`recommender/${name}`);
            return (await service.personalize.describeRecommender({ recommenderArn })).recommender?.recommenderConfig;
        };
        assert.deepEqual(await shown("shown"), { enableMetadataWithRecommendations: true });
        assert.equal(await shown("plain"), undefined);
    });

    it("CreateRecommender with metadata requires an Items dataset", async () => {
        await openGroup("bare", { interactions: interactionsSchema });
        await assert.rejects(
            open("bare", "bare", "aws-vod-most-popular", true),
            refusal("InvalidInputException", /needs an Items dataset, and .*dataset-group\/bare has none/),
        );
    });
});
