import assert from "node:assert/strict";
import { collectUserItems, leftOut } from "../../runbooks/lib/recommendations/left-out.ts";
import type { Recommendation } from "../../runbooks/lib/recommendations/recommendations.ts";

const listOf = (...ids: string[]): Recommendation[] => ids.map((itemId) => ({ itemId, title: `Film ${itemId}` }));
const unwatched = { name: "unwatched", expression: 'EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch")' };

describe("`leftOut`, the effect of a filter on a list", () => {
    it("`leftOut` returns the items that a filter removed, and watched items that stay", () => {
        const { items, knownItems, sentence } = leftOut(
            unwatched,
            listOf("2", "4", "5"),
            listOf("1", "2", "3"),
            new Set(["1", "3", "4"]),
        );
        assert.deepEqual([items, knownItems], [listOf("1", "3"), listOf("4")]);
        assert.equal(
            sentence,
            "Of the best 3, the filter unwatched removed Film 1 [1], Film 3 [3]. " +
                'Its expression: EXCLUDE ItemID WHERE Interactions.EVENT_TYPE IN ("Watch"). ' +
                "Watched before, but in the list: Film 4 [4] " +
                "(a filter sees a user's 100 latest interactions of an event type).",
        );
    });

    it("`leftOut` returns no item if the filter removed none", () => {
        const dramas = { name: "dramas", expression: 'INCLUDE ItemID WHERE Items.GENRES IN ("Drama")' };
        const { items, sentence } = leftOut(dramas, listOf("1"), listOf("1"), new Set(["1"]));
        assert.deepEqual(items, []);
        assert.match(sentence, /the filter dramas removed none\..* in the list: Film 1 \[1\]\.$/);
    });

    it("`collectUserItems` returns the items of the given user only", () => {
        const data = {
            userIds: ["a", "b"],
            itemIds: ["x", "y", "z"],
            users: Int32Array.from([0, 1, 1]),
            items: Int32Array.from([0, 1, 2]),
        };
        assert.deepEqual(collectUserItems(data, "b"), new Set(["y", "z"]));
        assert.deepEqual(collectUserItems(data, "stranger"), new Set());
    });
});
