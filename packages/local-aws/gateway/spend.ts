import { type CostRecord, computeCosts, type Emulator, monthStart } from "local-personalize";

/** A month's costs until now, and the forecast if the current hourly rate continues, in US dollars. */
export interface Spend {
    readonly actual: number;
    readonly forecast: number;
}

type Usage = Emulator["usage"];
type Holds = (record: CostRecord) => boolean;

const hour = 3_600_000;
const runsOn = /^Recommendation/;

/**
 * Returns the recurring costs in US dollars per hour: the mean cost of campaigns in the current and the previous hour.
 * Excludes imports and trainings, which do not recur. `holds` selects the cost records.
 */
function hourlyRate(usage: Usage, now: number, holds: Holds): number {
    const from = now - (now % hour) - hour;
    // Start at the month's beginning: with volume discounts, the price of an hour depends on the earlier hours of the
    // month.
    const recent = computeCosts(usage({ from: monthStart(from), to: now })).filter(
        (record) => record.hour >= from && runsOn.test(record.measure) && holds(record),
    );
    return (sumOf(recent) * hour) / (now - from);
}

/** Returns the spend in the month of `now`. */
export function monthSpend(usage: Usage, now: number, holds: Holds): Spend {
    const records = computeCosts(usage({ from: monthStart(now), to: now }));
    const actual = sumOf(records.filter((record) => holds(record)));
    return { actual, forecast: actual + (hourlyRate(usage, now, holds) * (monthStart(now, 1) - now)) / hour };
}

const sumOf = (records: readonly CostRecord[]) => records.reduce((sum, { usd }) => sum + usd, 0);
