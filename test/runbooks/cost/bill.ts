import assert from "node:assert/strict";
import type { BilledLine } from "../../../runbooks/lib/cost/billed.ts";
import { plannedStack } from "../../support/planned-stack.ts";

/** Converts a UTC time in 2026 such as `11-25T18:00` to epoch milliseconds. */
export const at = (text: string) => Date.parse(`2026-${text}:00Z`);
export const service = "Amazon Personalize";
/** A stack with a campaign of 1 TPS, without an API. */
export const plan = { ...plannedStack, expectedRequestsPerDay: 1000, customMetrics: 0, alarmMetrics: 0, dashboards: 0 };
/** A line of a bill. */
export const line = (date: string, usd: number, of = service): BilledLine => ({
    day: at(`${date}T00:00`),
    service: of,
    usd,
});
/** Asserts that two amounts differ by less than half a cent. */
export const near = (actual: number | undefined, expected: number) =>
    assert.ok(Math.abs((actual ?? Number.NaN) - expected) < 0.005, `${actual} is not ${expected}`);
