import assert from "node:assert/strict";
import { computeFigures } from "../../bench/models/figures.ts";
import { createFolds } from "../../bench/models/folds.ts";
import { createTrials, splitHistory } from "../../bench/models/trials.ts";

describe("bench:models", () => {
    it("createFolds equals numpy's array_split of RandomState(42).permutation(943)", () => {
        const folds = createFolds(943, 10, 42);
        assert.deepEqual(
            folds.map(({ length }) => length),
            [95, 95, 95, 94, 94, 94, 94, 94, 94, 94],
        );
        assert.deepEqual(folds[0]?.slice(0, 4), [96, 265, 810, 23]);
        assert.deepEqual(folds[9]?.slice(0, 4), [201, 161, 555, 729]);
        assert.equal(new Set(folds.flat()).size, 943);
    });

    it("computeFigures computes NDCG, MRR and coverage of recommendation lists", () => {
        const items = Int32Array.from([0, 1, 2, 3, 4, 5]);
        const interactions = {
            userIds: ["1"],
            itemIds: ["a", "b", "c", "d", "e", "f"],
            users: new Int32Array(6),
            items,
            timestamps: Float64Array.from(items),
        };
        const trials = createTrials(interactions, () => 3);
        assert.deepEqual(splitHistory(trials, 0), { input: [0, 1, 2], truth: new Set([3, 4, 5]) });
        const { ndcg5, mrr25, coverage } = computeFigures(trials, [[0]], new Map([[0, [2, 4, 1, 3]]]));
        const [second, fourth] = [1 / Math.log2(3), 1 / Math.log2(5)];
        assert.ok(Math.abs(ndcg5 - (second + fourth) / (1 + second + 0.5)) < 1e-12);
        assert.equal(mrr25, 0.5);
        assert.equal(coverage, 4 / 6);
    });
});
