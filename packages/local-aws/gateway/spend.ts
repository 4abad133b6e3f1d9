import { type CostRecord, costsOf, type Emulator, monthStart } from "local-personalize";

/** The costs of a month up to now, and their forecast at the present rate; US dollars. */
export interface Spend {
    readonly actual: number;
    readonly forecast: number;
}

type Usage = Emulator["usage"];
type Holds = (record: CostRecord) => boolean;

const hour = 3_600_000;
const runsOn = /^Recommendation/;

/**
 * Continuing costs in US dollars an hour: the mean of the current and the previous hour of campaigns. Imports and
 * trainings do not continue. `holds` chooses the records that count.
 */
export function hourlyRate(usage: Usage, now: number, holds: Holds): number {
    const from = now - (now % hour) - hour;
    // The price of an hour depends on the earlier hours of its month.
    const recent = costsOf(usage({ from: monthStart(from), to: now })).filter(
        (record) => record.hour >= from && runsOn.test(record.measure) && holds(record),
    );
    return (sumOf(recent) * hour) / (now - from);
}

/** The spend of the month of `now`, or of its part from `start`. */
export function monthSpend(usage: Usage, now: number, start: number, holds: Holds): Spend {
    const records = costsOf(usage({ from: monthStart(now), to: now }));
    const actual = sumOf(records.filter((record) => record.hour >= start && holds(record)));
    return { actual, forecast: actual + (hourlyRate(usage, now, holds) * (monthStart(now, 1) - now)) / hour };
}

const sumOf = (records: readonly CostRecord[]) => records.reduce((sum, { usd }) => sum + usd, 0);
