import assert from "node:assert/strict";
import { hour } from "../../../core/cost/time.ts";
import { interval } from "../../../runbooks/lib/cli/runbook.ts";
import {
    metricValues,
    minuteStart,
    type StackObservation,
    toMetricData,
} from "../../../runbooks/lib/metrics/values.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const version = (id: string, ndcg: number) => ({
    solutionVersionArn: `arn:aws:personalize:eu-central-1:000000000000:solution/films/${id}`,
    metrics: { normalized_discounted_cumulative_gain_at_10: ndcg, coverage: 0.5, own_invention: 1 },
});
const [old, fresh] = [version("old", 0.4), version("new", 0.3)];
const campaign = {
    status: "ACTIVE",
    createdAt: now - 30 * hour,
    updatedAt: now - 20 * hour,
    minProvisionedTPS: 2,
    solutionVersionArn: fresh.solutionVersionArn,
};
const look: StackObservation = {
    now,
    campaign,
    requests: new Map([[now - 300_000, 150]]),
    versions: [old, fresh],
    importedAt: now - 36 * hour,
};
const of = (changed: Partial<StackObservation>) =>
    Object.fromEntries(
        metricValues({ ...look, ...changed }).map(({ name, version: its, value }) => [
            its === undefined ? name : `${name} ${its}`,
            Number(value.toFixed(6)),
        ]),
    );

describe("`metricValues`, the values that the runbook `publish-metrics` publishes", () => {
    it("`metricValues` returns the campaign's usage and age, and each solution version's metrics", () => {
        assert.deepEqual(of({}), {
            ProvisionedTPS: 2,
            UsedTPS: 0.5,
            CampaignAgeHours: 30,
            DataAgeHours: 36,
            NdcgDropPercent: 25,
            "normalized_discounted_cumulative_gain_at_10 old": 0.4,
            "normalized_discounted_cumulative_gain_at_10 new": 0.3,
            "coverage old": 0.5,
            "coverage new": 0.5,
        });
    });

    it("`metricValues` returns 0 TPS and no campaign age without a campaign", () => {
        const values = of({ campaign: undefined, requests: new Map() });
        assert.deepEqual([values.ProvisionedTPS, values.UsedTPS], [0, 0]);
        for (const name of ["CampaignAgeHours", "NdcgDropPercent"]) assert.ok(!(name in values), name);
    });

    it("`metricValues` omits unknown values, and returns an NDCG drop of 0 after an improvement", () => {
        const serving = (one: typeof old) => ({ ...campaign, solutionVersionArn: one.solutionVersionArn });
        assert.equal(of({ campaign: serving(old) }).NdcgDropPercent, 0);
        assert.equal(of({ versions: [fresh, old], campaign: serving(old) }).NdcgDropPercent, 0);
        assert.equal(of({ versions: [old] }).NdcgDropPercent, undefined);
        assert.equal(of({ importedAt: undefined }).DataAgeHours, undefined);
    });

    it("`toMetricData` returns each value with its stack, version and the start of the current minute", () => {
        const value = { name: "coverage", value: 0.5, version: "new" };
        assert.deepEqual(toMetricData([value], "dev", minuteStart(now + 59_999)), [
            {
                MetricName: "coverage",
                Value: 0.5,
                Timestamp: new Date(now),
                Dimensions: [
                    { Name: "Stack", Value: "dev" },
                    { Name: "SolutionVersion", Value: "new" },
                ],
            },
        ]);
    });
});

describe("`interval`", () => {
    for (const [text, seconds] of [
        ["30s", 30],
        ["5m", 300],
        ["1.5h", 5400],
    ] as const) {
        it(`\`interval\` returns ${seconds} seconds for "${text}"`, () => assert.equal(interval(text), seconds));
    }
    for (const text of ["5", "0m", "-5m", "5 m"]) {
        it(`\`interval\` rejects "${text}"`, () => assert.throws(() => interval(text), /30s, 5m or 1h/));
    }
});
