import assert from "node:assert/strict";
import { computeMetrics, solutionMetrics } from "../../model/metrics.ts";
import { interactionsOf, syntheticRatings } from "../interactions.ts";

const KEYS = [
    "coverage",
    "mean_reciprocal_rank_at_25",
    ...[5, 10, 25].flatMap((k) => [`normalized_discounted_cumulative_gain_at_${k}`, `precision_at_${k}`]),
];
const NDCG_AT_10 = "normalized_discounted_cumulative_gain_at_10";

describe("computeMetrics", () => {
    it("computeMetrics returns the figures of the developer guide's example with hits at positions 2 and 5", () => {
        const { metrics } = computeMetrics(
            [{ recommended: ["a", "b", "c", "d", "e"], truth: new Set(["b", "e", "z"]) }],
            50,
        );
        assert.equal(metrics.mean_reciprocal_rank_at_25, 0.5);
        assert.equal(metrics.normalized_discounted_cumulative_gain_at_5, 0.6241);
        assert.equal(metrics.precision_at_5, 0.4);
        assert.equal(metrics.coverage, 0.1);
    });

    it("computeMetrics uses event weights only in the metric NDCG with event weights", () => {
        const trial = { recommended: ["a", "b"], truth: new Set(["a", "b"]) };
        const rewards = new Map([
            ["a", 0.5],
            ["b", 1.5],
        ]);
        const key = "normalized_discounted_cumulative_gain_with_event_weights_at_5";
        const { [key]: weighted, ...others } = computeMetrics([{ ...trial, rewards }], 2).metrics;
        const gain = (first: number, second: number) => first / Math.log(2) + second / Math.log(3);
        assert.equal(weighted, Number((gain(0.5, 1.5) / gain(1.5, 0.5)).toFixed(4)));
        assert.equal(others.normalized_discounted_cumulative_gain_at_5, 1);
        assert.equal(computeMetrics([trial], 2).metrics[key], undefined);
    });

    it("computeMetrics averages over users, and counts an item once for coverage", () => {
        const trials = [
            { recommended: ["a", "b"], truth: new Set(["a"]) },
            { recommended: ["b", "a"], truth: new Set(["x"]) },
        ];
        assert.deepEqual(computeMetrics(trials, 4).metrics, {
            coverage: 0.5,
            mean_reciprocal_rank_at_25: 0.5,
            normalized_discounted_cumulative_gain_at_5: 0.5,
            precision_at_5: 0.1,
            normalized_discounted_cumulative_gain_at_10: 0.5,
            precision_at_10: 0.05,
            normalized_discounted_cumulative_gain_at_25: 0.5,
            precision_at_25: 0.02,
        });
    });

    it("computeMetrics returns margins of error of 1.96 standard errors", () => {
        const hit = { recommended: ["a", "b"], truth: new Set(["a"]) };
        const miss = { recommended: ["a", "c"], truth: new Set(["x"]) };
        const { margins, testUsers } = computeMetrics([hit, hit, miss, miss], 10);
        assert.equal(testUsers, 4);
        const deviation = Math.sqrt(4 * 0.25 ** 2 * 4) / Math.sqrt(3);
        assert.equal(margins.mean_reciprocal_rank_at_25, Number(((1.96 * deviation) / 2).toFixed(4)));
        assert.equal(margins.coverage, 0);
        const [wide, narrow] = [2, 50].map((users) =>
            computeMetrics(
                Array.from({ length: users }, (_, user) => (user % 2 ? hit : miss)),
                10,
            ),
        );
        assert.ok((wide?.margins.precision_at_5 ?? 0) > 4 * (narrow?.margins.precision_at_5 ?? 0));
        assert.equal(computeMetrics([hit], 10).margins.precision_at_5, 1);
    });
});

describe("solutionMetrics", () => {
    const seeds = Array.from({ length: 10 }, (_, n) => `solution/test/${n}`);
    const interactions = interactionsOf(syntheticRatings());
    const mean = (recipe: string, key: string) =>
        seeds.reduce((sum, seed) => sum + (solutionMetrics(interactions, recipe, seed).metrics[key] ?? 0), 0) /
        seeds.length;

    it("solutionMetrics returns AWS's metric names, and equal figures for equal seeds", () => {
        const measured = solutionMetrics(interactions, "aws-user-personalization", "a");
        const { metrics } = measured;
        assert.deepEqual(Object.keys(metrics).sort(), KEYS.sort());
        for (const value of Object.values(metrics)) {
            assert.ok(value >= 0 && value <= 1);
            assert.equal(value, Number(value.toFixed(4)));
        }
        assert.deepEqual(solutionMetrics(interactions, "aws-user-personalization", "a"), measured);
        assert.notDeepEqual(solutionMetrics(interactions, "aws-user-personalization", "b"), measured);
    });

    it("a personalization recipe has a higher NDCG and coverage than the popularity recipe", () => {
        const personal = mean("aws-user-personalization", NDCG_AT_10);
        const popular = mean("aws-popularity-count", NDCG_AT_10);
        assert.ok(personal > 1.3 * popular, `${personal} against ${popular}`);
        assert.ok(mean("aws-user-personalization", "coverage") > mean("aws-popularity-count", "coverage"));
    });
});
