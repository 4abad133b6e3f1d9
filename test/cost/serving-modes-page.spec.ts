import assert from "node:assert/strict";
import { countAlarmMetrics } from "../../components/observability/alarms.ts";
import { approximately } from "../../config/prices.ts";
import { breakEvenViewers, estimate, type PlannedStack } from "../../cost/estimate.ts";
import { read } from "../support/sources.ts";

/** The stack of `Pulumi.small.yaml` on 100,000 interactions. */
const small: PlannedStack = {
    region: "eu-central-1",
    recipe: "aws-user-personalization",
    hasCampaign: false,
    minProvisionedTPS: 1,
    expectedRequestsPerDay: 1000,
    interactions: 100_000,
    bytes: 3_000_000,
    autoTrainingDays: 30,
    guardMinutes: 60,
    auditTrail: false,
    customMetrics: 0,
    alarmMetrics: countAlarmMetrics({ api: true, batch: true, customMetrics: false }),
    batchUsers: 0,
    traces: false,
    dashboards: 0,
    api: true,
    edge: false,
    rankingCampaign: false,
};
const monthUsd = (viewers: number, everyDays: number) =>
    estimate({ ...small, expectedRequestsPerDay: viewers, batchLists: { viewers, everyDays } }).expectedUsd;
const campaignUsd = (viewers: number) =>
    estimate({ ...small, expectedRequestsPerDay: viewers, hasCampaign: true }).expectedUsd;

describe("docs/serving-modes.md", () => {
    it("the page has the price of each number of viewers in both modes", () => {
        const rows = [1000, 10_000, 100_000, 1_000_000].map((viewers) =>
            [
                viewers.toLocaleString("en-US"),
                ...[monthUsd(viewers, 7), monthUsd(viewers, 1), campaignUsd(viewers)].map(approximately),
            ].join(" | "),
        );
        const table = [
            "| viewers and requests a day | weekly lists | daily lists | campaign |",
            "|---|---|---|---|",
            ...rows.map((row) => `| ${row} |`),
        ].join("\n");
        assert.ok(read("docs/serving-modes.md").includes(table), table);
    });

    it("the small stack costs at most $2.50 for 1,000 viewers and $9 for 10,000, with at most eight alarm metrics", () => {
        assert.ok(monthUsd(1000, 7) <= 2.5, `${monthUsd(1000, 7)}`);
        assert.ok(monthUsd(10_000, 7) <= 9, `${monthUsd(10_000, 7)}`);
        assert.ok(small.alarmMetrics <= 8, `${small.alarmMetrics}`);
    });

    it("a campaign costs less than batch inference from the break-even number of viewers", () => {
        const viewers = breakEvenViewers(small, 7);
        const batch = (count: number) =>
            estimate({ ...small, batchLists: { viewers: count, everyDays: 7 } }).expectedUsd;
        const campaign = estimate({ ...small, hasCampaign: true }).expectedUsd;
        assert.ok(batch(viewers) <= campaign, `${viewers}`);
        assert.ok(batch(viewers + 2000) > campaign, `${viewers}`);
    });
});
