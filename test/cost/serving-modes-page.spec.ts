import assert from "node:assert/strict";
import { countAlarmMetrics } from "../../components/observability/alarms.ts";
import { approximately } from "../../config/prices.ts";
import { breakEvenViewers, estimate } from "../../cost/estimate.ts";
import type { PlannedStack } from "../../cost/planned-stack.ts";
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
    traces: false,
    dashboards: 0,
    api: true,
    edge: false,
};
const monthUsd = (viewers: number, everyDays: number) =>
    estimate({ ...small, expectedRequestsPerDay: viewers, batchLists: { viewers, everyDays } }).expectedUsd;
const campaignUsd = (viewers: number) =>
    estimate({ ...small, expectedRequestsPerDay: viewers, hasCampaign: true }).expectedUsd;

describe("docs/serving-modes.md", () => {
    it("docs/serving-modes.md shows the price of both serving modes for each number of viewers", () => {
        const rows = [1000, 10_000, 100_000, 1_000_000].map((viewers) =>
            [
                `${viewers.toLocaleString("en-US")} viewers and requests`,
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

    it("the stack of Pulumi.small.yaml costs at most $2.50 a month for 1,000 viewers and $9 for 10,000", () => {
        assert.ok(monthUsd(1000, 7) <= 2.5, `${monthUsd(1000, 7)}`);
        assert.ok(monthUsd(10_000, 7) <= 9, `${monthUsd(10_000, 7)}`);
        assert.ok(small.alarmMetrics <= 8, `${small.alarmMetrics}`);
    });

    it("above the break-even number of viewers, a campaign is cheaper than batch inference", () => {
        const viewers = breakEvenViewers(small, 7);
        const batch = (count: number) =>
            estimate({ ...small, batchLists: { viewers: count, everyDays: 7 } }).expectedUsd;
        const campaign = estimate({ ...small, hasCampaign: true }).expectedUsd;
        assert.ok(batch(viewers) <= campaign, `${viewers}`);
        assert.ok(batch(viewers + 2000) > campaign, `${viewers}`);
    });
});
