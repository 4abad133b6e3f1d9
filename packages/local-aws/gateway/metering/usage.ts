import type { Amount, CampaignMeasure, Period } from "./ledger.ts";
import { formatUsageType, type UsageRecord, units } from "./usage-types.ts";

const hour = 3_600_000;

/** Milliseconds in which calls are counted together. */
export const windowMilliseconds = 300_000;

/**
 * Length of the window for which one amount is billed, in milliseconds. AWS bills TPS as averages of 5 minutes. For a
 * v2 campaign, AWS bills requests, and a minimum number of them in each hour.
 */
const lengths: Readonly<Record<CampaignMeasure, number>> = {
    RecommendationTPSHours: windowMilliseconds,
    RecommendationRequests: hour,
};

const startOf = (time: number, length: number) => time - (time % length);

/**
 * Returns the usage in the hours that begin in `[from, to)`, oldest first. A window of a campaign costs the larger of its
 * provisioned and its requested capacity: all provisioned capacity is usage, and so are the requests above that.
 * `counts` contains requests as RecommendationRequests, whatever the measure of their campaign.
 */
export function usageOf(
    counts: readonly Amount[],
    periods: readonly Period[],
    { from, to }: { from: number; to: number },
): UsageRecord[] {
    const capacities = Map.groupBy(periods, ({ id }) => id);
    const windows = new Map<string, Amount>();
    const hours = new Map<string, Amount>();
    const addToHour = (usage: Omit<Amount, "amount">, time: number, amount: number) => {
        const start = startOf(time, hour);
        if (amount > 0 && start >= from && start < to) merge(hours, { ...usage, start, amount });
    };
    for (const period of periods) {
        for (let time = startOf(Math.max(period.start, from), hour); time < Math.min(period.end, to); time += hour) {
            addToHour(period, time, capacityIn([period], time, hour));
        }
    }
    for (const count of counts) {
        if (count.measure !== "RecommendationRequests") {
            addToHour(count, count.start, count.amount);
            continue;
        }
        const period = capacities.get(count.id)?.findLast(({ start }) => start < count.start + windowMilliseconds);
        const measure = period?.measure ?? "RecommendationTPSHours";
        merge(windows, { ...count, measure, start: startOf(count.start, lengths[measure]) });
    }
    for (const window of windows.values()) {
        const { id, start, measure, amount } = window;
        const its = (capacities.get(id) ?? []).filter((period) => period.measure === measure);
        addToHour(window, start, amount - capacityIn(its, start, lengths[measure as CampaignMeasure]));
    }
    return [...hours.values()].sort(inOrder).map(toRecord);
}

function merge(sums: Map<string, Amount>, usage: Amount): void {
    const key = `${usage.start} ${usage.id} ${usage.measure}`;
    sums.set(key, { ...usage, amount: usage.amount + (sums.get(key)?.amount ?? 0) });
}

/** Returns the TPS of some periods times the milliseconds for which they were provisioned from `start` on. */
const capacityIn = (periods: readonly Period[], start: number, length: number) =>
    periods.reduce((sum, period) => {
        const time = Math.min(period.end, start + length) - Math.max(period.start, start);
        return sum + period.tps * Math.max(0, time);
    }, 0);

const inOrder = (a: Amount, b: Amount) => a.start - b.start || a.id - b.id || (a.measure < b.measure ? -1 : 1);

function toRecord({ region, arn, tags, measure, start, amount }: Amount): UsageRecord {
    const { unit, counted } = units[measure];
    return {
        region,
        measure,
        usageType: formatUsageType(region, measure),
        resourceArn: arn,
        tags,
        hour: start,
        quantity: amount / counted,
        unit,
    };
}
