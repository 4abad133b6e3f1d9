import assert from "node:assert/strict";
import type { BilledLine } from "../../../runbooks/lib/cost/billed.ts";

/** Epoch milliseconds of a time in 2026, UTC: `11-25T18:00`. */
export const at = (text: string) => Date.parse(`2026-${text}:00Z`);
export const service = "Amazon Personalize";
/** A stack with a campaign of 1 TPS, without an API. */
export const plan = {
    recipe: "aws-user-personalization",
    hasCampaign: true,
    minProvisionedTPS: 1,
    expectedRequestsPerDay: 1000,
    interactions: 100_000,
    bytes: 2_000_000,
    autoTrainingDays: undefined,
    guardMinutes: 15,
    auditTrail: true,
    region: "eu-central-1",
    customMetrics: 0,
    alarmMetrics: 0,
    batchUsers: 0,
    dashboards: 0,
    api: false,
    edge: false,
    rankingCampaign: false,
};
/** A line of a bill. */
export const line = (date: string, usageType: string, usd: number, more: Partial<BilledLine> = {}): BilledLine => ({
    day: at(`${date}T00:00`),
    service,
    usageType,
    usd,
    quantity: usd / 0.2,
    unit: "TPS-hours",
    ...more,
});
/** Asserts an amount to half a cent. */
export const near = (actual: number | undefined, expected: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 0.005, `${actual} is not ${expected}`);
