import type { Bill } from "./bill.ts";
import { type CostRecord, computeCosts, monthStart } from "./cost.ts";

/** A month's costs until now, and the forecast if the current hourly rate continues, in US dollars. */
export interface Spend {
    readonly actual: number;
    readonly forecast: number;
}

type Holds = (record: CostRecord) => boolean;

const hour = 3_600_000;
const runsOn = /^Recommendation/;

/**
 * Returns the recurring costs in US dollars per hour: the mean cost of campaigns in the current and the previous hour.
 * Excludes imports and trainings, which do not recur. `holds` selects the cost records.
 */
function hourlyRate(usage: Bill["usage"], now: number, holds: Holds): number {
    const from = now - (now % hour) - hour;
    // Start at the month's beginning: with volume discounts, the price of an hour depends on the earlier hours of the
    // month.
    const recent = computeCosts(usage({ from: monthStart(from), to: now })).filter(
        (record) => record.hour >= from && runsOn.test(record.measure) && holds(record),
    );
    return (sumOf(recent) * hour) / (now - from);
}

/** Returns the spend in the current month. */
export function monthSpend({ usage, ...bill }: Pick<Bill, "usage" | "now">, holds: Holds): Spend {
    const now = bill.now();
    const records = computeCosts(usage({ from: monthStart(now), to: now }));
    const actual = sumOf(records.filter((record) => holds(record)));
    return { actual, forecast: actual + (hourlyRate(usage, now, holds) * (monthStart(now, 1) - now)) / hour };
}

const sumOf = (records: readonly CostRecord[]) => records.reduce((sum, { usd }) => sum + usd, 0);
