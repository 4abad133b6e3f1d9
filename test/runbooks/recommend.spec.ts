import assert from "node:assert/strict";
import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { recommend } from "../../runbooks/lib/recommendations/recommendations.ts";
import { fake } from "../support/fake.ts";

describe("`recommend`", () => {
    it("`recommend` returns the title of each item, and no score if the service returns none", async () => {
        const itemList = [{ itemId: "7", score: 0.5 }, { itemId: "8" }];
        const client = fake<PersonalizeRuntimeClient>({ send: async () => ({ itemList }) });
        const asked = { campaignArn: "campaign/films", users: ["22"], numResults: 2 };
        assert.deepEqual(await recommend({ client, titleOf: (id) => `Film ${id}` }, asked), {
            22: [
                { itemId: "7", title: "Film 7", score: 0.5 },
                { itemId: "8", title: "Film 8" },
            ],
        });
    });
});
