import assert from "node:assert/strict";
import { coldFigures } from "../../bench/models/cold.ts";
import { createTrials } from "../../bench/models/trials.ts";
import { syntheticRatings } from "../interactions.ts";

describe("Recall of items without interactions in the benchmark bench:models", () => {
    const ratings = syntheticRatings({ users: 200, items: 600 }).sort((a, b) => a.timestamp - b.timestamp);
    const userIds = [...new Set(ratings.map(({ user }) => String(user)))];
    const itemIds = [...new Set(ratings.map(({ item }) => String(item)))];
    const interactions = {
        userIds,
        itemIds,
        users: Int32Array.from(ratings, ({ user }) => userIds.indexOf(String(user))),
        items: Int32Array.from(ratings, ({ item }) => itemIds.indexOf(String(item))),
        timestamps: Float64Array.from(ratings, ({ timestamp }) => timestamp),
    };
    const trials = createTrials(interactions, () => 1);
    const recallBy = (wordOf: (itemId: string) => string) => {
        const catalogue = itemIds.map((itemId) => ({ itemId, words: [wordOf(itemId)] }));
        return coldFigures(trials, trials.folds.slice(5), catalogue);
    };

    it("recall of cold items is higher if categories match the users' tastes than if all categories are equal", () => {
        const byTaste = recallBy((itemId) => `TASTE=${Number(itemId) % 5}`);
        const byNothing = recallBy(() => "TASTE=one");
        assert.equal(byTaste.coldItems, Math.ceil(itemIds.length / 10));
        assert.equal(byTaste.random, byNothing.random);
        assert.ok(byTaste.recall > byNothing.recall, `${byTaste.recall} ${byNothing.recall}`);
    });
});
