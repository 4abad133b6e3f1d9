import assert from "node:assert/strict";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { recommend, titlesBeside } from "../../runbooks/lib/recommendations/recommendations.ts";
import { fake } from "../support/fake.ts";
import { temporaryFolder } from "../support/temporary-folder.ts";

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
