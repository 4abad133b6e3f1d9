import assert from "node:assert/strict";
import type { Model } from "../model/model.ts";
import { recommend } from "../serving/recommend.ts";

describe("aws-user-personalization-v2 with a large catalog", () => {
    const n = 600;
    const model: Model = {
        recipeName: "aws-user-personalization-v2",
        itemIds: Array.from({ length: n }, (_, item) => `i${item}`),
        weights: Float32Array.from({ length: n * n }, (_, at) => 1 / (1 + (at % n))),
        popularity: Float64Array.from({ length: n }, (_, item) => item),
        gain: 1,
        histories: new Map(),
    };
    const passing = (items: readonly number[]) =>
        Uint8Array.from({ length: n }, (_, item) => (items.includes(item) ? 1 : 0));

    it("`recommend` gives a score to the best 500 items, and the scores sum to 1", () => {
        const list = recommend(model, { history: [3] }, 600);
        assert.equal(list.length, 500);
        const total = list.reduce((sum, { score = 0 }) => sum + score, 0);
        assert.ok(Math.abs(total - 1) < 1e-4, String(total));
        assert.ok(list.every(({ reason }) => reason === undefined));
        assert.equal(recommend({ ...model, recipeName: "aws-user-personalization" }, { history: [3] }, 600).length, n);
    });

    it("`recommend` fills up a filtered list with popular items that have no score", () => {
        const list = recommend(model, { history: [3], passing: passing([5, 550, 599, 560]) }, 3);
        assert.equal(list[0]?.itemId, "i5");
        assert.ok((list[0]?.score ?? 0) > 0);
        assert.deepEqual(list.slice(1), [
            { itemId: "i599", reason: ["Popular item"] },
            { itemId: "i560", reason: ["Popular item"] },
        ]);
        const other = { ...model, recipeName: "aws-hrnn" };
        assert.ok(recommend(other, { history: [3], passing: passing([5, 550]) }, 3).every(({ reason }) => !reason));
    });
});
