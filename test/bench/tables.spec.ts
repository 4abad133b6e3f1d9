import assert from "node:assert/strict";
import { computeMeans, createFolds, find } from "../../bench/tables/trials.ts";
import { columnsFrom } from "../support/columns.ts";

describe("`bench:tables`", () => {
    it("`find` ignores films that the user knows, and its recall and NDCG equal a calculation by hand", () => {
        const { recall, ndcg } = find([9, 1, 5, 2], new Set([9]), new Set([1, 2, 7]));
        assert.equal(recall, 2 / 3);
        assert.equal(ndcg, (1 + 1 / Math.log2(4)) / (1 + 1 / Math.log2(3) + 1 / Math.log2(4)));
        const late = Array.from({ length: 30 }, (_, item) => item);
        assert.deepEqual(find(late, new Set(), new Set([20])), { recall: 0, ndcg: 0 });
        assert.equal(find(late, new Set([0]), new Set([20])).recall, 1);
    });

    it("`computeMeans` returns the mean of each figure over all results", () => {
        const [all, none] = [
            { recall: 1, ndcg: 0.5 },
            { recall: 0, ndcg: 0 },
        ];
        assert.deepEqual(computeMeans([all, none]), { recall: 0.5, ndcg: 0.25 });
        assert.deepEqual(computeMeans([]), none);
    });

    it("`createFolds` puts each user into one fold's test data, not into its training data", () => {
        const events = Array.from({ length: 50 }, (_, user) =>
            Array.from({ length: 20 }, (_, at) => [`u${user}`, `i${(user + at) % 30}`, 100 - at] as const),
        );
        const columns = columnsFrom([...events.flat(), ["lone", "i1", 1]]);
        const folds = createFolds(columns);
        assert.equal(folds.flatMap(({ trials }) => trials).length, 50);
        for (const { train, trials } of folds) {
            // A user with only one event is in no test, because there is nothing to predict.
            assert.ok(new Set(train.users).size + trials.length >= columns.userCount - 1);
            for (const { knownItems, truth } of trials) assert.deepEqual([knownItems.length, truth.size], [18, 2]);
        }
        // The film of the newest event is the one to predict, although the file is not sorted by time.
        const [first] = folds.flatMap(({ trials }) => trials.filter(({ truth }) => truth.has(0) && truth.has(1)));
        assert.ok(first);
    });
});
