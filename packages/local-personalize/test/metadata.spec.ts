import assert from "node:assert/strict";
import { campaignArn, genresOf, itemsArn, openFilmsService, post, yearOf } from "./films-service.ts";
import { arn, createDataset, refuses, runImportJob, serviceOf, trainRecipe, until } from "./support.ts";

describe("metadataColumns of a campaign", () => {
    const service = serviceOf(async () => (await openFilmsService()).service);
    before(async () => {
        await until(() => recommend().catch(() => false as const));
    });

    const recommend = async (ITEMS?: string[], more: object = {}) => {
        const metadataColumns = ITEMS && { ITEMS };
        const { itemList = [] } = await service.runtime.getRecommendations({
            campaignArn,
            userId: "22",
            metadataColumns,
            ...more,
        });
        return itemList;
    };

    it("GetRecommendations rejects metadataColumns until the campaign enables metadata", async () => {
        await refuses(recommend(["GENRES"]), /not enabled for .*campaign\/films\. Enable it by enableMetadataWith/);
        const campaignConfig = { enableMetadataWithRecommendations: true };
        await service.personalize.updateCampaign({ campaignArn, campaignConfig });
        await until(() => recommend(["GENRES"]).catch(() => false as const));
        const { campaign } = await service.personalize.describeCampaign({ campaignArn });
        assert.equal(campaign?.campaignConfig?.enableMetadataWithRecommendations, true);
    });

    it("an item's metadata contains the requested columns in lower case, and omits columns without a value", async () => {
        const list = await recommend(["GENRES", "release_year", "STUDIO"], { numResults: 50 });
        assert.equal(list.length, 50);
        for (const { itemId, metadata } of list) {
            const year = yearOf(Number(itemId));
            assert.deepEqual(metadata, {
                genres: genresOf(Number(itemId)).join("|"),
                ...(year !== undefined && { release_year: String(year) }),
            });
        }
        const plain = await recommend(undefined, { numResults: 50 });
        assert.deepEqual(
            plain,
            list.map(({ metadata: _, ...item }) => item),
        );
    });

    it("an item's metadata contains the values of PutItems in the next response", async () => {
        const [first] = await recommend();
        const properties = JSON.stringify({ genres: "New", studio: "Ours" });
        const items = [{ itemId: first?.itemId, properties }];
        assert.equal((await post(service, "/items", { datasetArn: itemsArn, items })).status, 200);
        const [changed] = await recommend(["GENRES", "STUDIO"]);
        assert.deepEqual(changed?.metadata, { genres: "New", studio: "Ours" });
    });

    for (const [what, ITEMS, more, message] of [
        ["an unknown column", ["DIRECTOR"], {}, /no metadata column DIRECTOR; it has: GENRES, RELEASE_YEAR/],
        ["the id as a column", ["ITEM_ID"], {}, /no metadata column ITEM_ID/],
        ["eleven columns", Array(11).fill("GENRES"), {}, /has 11 columns; 10 are allowed/],
        ["more than 50 results", ["GENRES"], { numResults: 51 }, /at most 50 items, not 51/],
        ["columns of users", undefined, { metadataColumns: { USERS: ["AGE"] } }, /key of metadataColumns is ITEMS/],
    ] as const) {
        it(`GetRecommendations rejects ${what}`, async () => {
            await refuses(recommend(ITEMS && [...ITEMS], more), message);
        });
    }

    it("campaigns of v2 recipes and of rankings also return metadata", async () => {
        const solutionVersionArn = await trainRecipe(service, "aws-personalized-ranking-v2");
        await service.personalize.createCampaign({ name: "ranking", solutionVersionArn });
        const { personalizedRanking } = await until(() =>
            service.runtime
                .getPersonalizedRanking({
                    campaignArn: arn("campaign/ranking"),
                    userId: "22",
                    inputList: ["2", "none"],
                    metadataColumns: { ITEMS: ["GENRES"] },
                })
                .catch(() => false as const),
        );
        assert.deepEqual(
            personalizedRanking?.map(({ metadata }) => metadata),
            [{ genres: "Taste2|Even" }, {}],
        );
    });

    it("enableMetadataWithRecommendations requires an Items dataset", async () => {
        const { datasetArn, datasetGroupArn } = await createDataset(service, "other");
        await runImportJob(service, { jobName: "other", datasetArn, dataLocation: "s3://movies/interactions.csv" });
        const solutionVersionArn = await trainRecipe(service, "aws-popularity-count", { datasetGroupArn });
        const campaignConfig = { enableMetadataWithRecommendations: true };
        await refuses(
            service.personalize.createCampaign({ name: "other", solutionVersionArn, campaignConfig }),
            /needs an Items dataset, and .*dataset-group\/other has none/,
        );
    });
});
