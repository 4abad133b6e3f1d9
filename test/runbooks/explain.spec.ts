import assert from "node:assert/strict";
import { explain } from "../../runbooks/lib/recommendations/explain.ts";
import type { Recommendation } from "../../runbooks/lib/recommendations/recommendations.ts";

/** Returns columns for users with their items. An item's id is its name. */
function interactionsOf(histories: Readonly<Record<string, readonly string[]>>) {
    const userIds = Object.keys(histories);
    const itemIds = [...new Set(Object.values(histories).flat())];
    const rows = Object.entries(histories).flatMap(([user, items]) =>
        items.map((item) => [userIds.indexOf(user), itemIds.indexOf(item)] as const),
    );
    return {
        userIds,
        itemIds,
        users: Int32Array.from(rows, ([user]) => user),
        items: Int32Array.from(rows, ([, item]) => item),
        timestamps: Float64Array.from(rows, (_, index) => index),
    };
}

const listOf = (scores: Readonly<Record<string, number>>): Recommendation[] =>
    Object.entries(scores).map(([itemId, score]) => ({ itemId, title: itemId, score }));

const rare = Array.from({ length: 30 }, (_, index) => `rare ${index}`);
const data = interactionsOf({
    avid: ["hit", "hit two", ...rare],
    casual: ["hit", "hit two"],
    other: ["hit", "hit two", "rare 0"],
    once: ["hit"],
});
const flat = listOf({ a: 0.1, b: 0.1, c: 0.1, d: 0.1 });
const sharp = listOf({ "rare 5": 0.6, "rare 6": 0.2, "rare 7": 0.1, hit: 0.1 });

describe("`explain` of a recommendation list", () => {
    it("`explain` returns `confident` for long histories and lists with unequal scores and unpopular items", () => {
        assert.deepEqual(explain(data, "avid", sharp, [flat, flat]), {
            historyLength: 32,
            longerThan: 0.75,
            sharpness: 0.6,
            sharperThan: 1,
            popularItems: 1,
            verdict: "confident",
            sentence:
                "User avid has 32 interactions; 75 % of all users have fewer. " +
                "The first item has a larger share of all scores than in 100 % of the compared lists. " +
                "1 of the 4 items are among the 4 with the most interactions. Result: confident.",
        });
    });

    it("`explain` returns `mixed` for a list with equal scores or popular items", () => {
        assert.equal(explain(data, "avid", flat, [sharp, sharp]).verdict, "mixed");
        const popular = listOf({ hit: 0.8, "hit two": 0.1, "rare 0": 0.05, "rare 6": 0.05 });
        const { verdict, popularItems } = explain(data, "avid", popular, [flat]);
        assert.deepEqual({ verdict, popularItems }, { verdict: "mixed", popularItems: 3 });
    });

    it("`explain` returns `sparse` for a short history, even if the list's scores differ", () => {
        const { verdict, historyLength, sentence } = explain(data, "casual", sharp, [flat]);
        assert.deepEqual({ verdict, historyLength }, { verdict: "sparse", historyLength: 2 });
        assert.match(sentence, /^User casual has 2 interactions; 25 % of all users have fewer\. .* Result: sparse\.$/);
    });

    it("`explain` states that all unknown users get the same list", () => {
        const { verdict, historyLength, sentence } = explain(data, "stranger", sharp, [flat]);
        assert.deepEqual({ verdict, historyLength }, { verdict: "unknown user", historyLength: 0 });
        assert.equal(
            sentence,
            "User stranger has no interactions in the data, so the list is that of every unknown user. " +
                "1 of the 4 items are among the 4 with the most interactions.",
        );
    });

    it("`explain` does not compare scores if the list has no scores or if there are no other users", () => {
        const bare = sharp.map(({ itemId, title }) => ({ itemId, title }));
        const unscored = explain(data, "avid", bare, [flat]);
        assert.deepEqual([unscored.sharpness, unscored.sharperThan], [null, null]);
        assert.doesNotMatch(unscored.sentence, /share/);
        assert.equal(explain(data, "avid", sharp, []).sharperThan, null);
        assert.equal(explain(data, "avid", [], [flat]).sharpness, null);
    });
});
