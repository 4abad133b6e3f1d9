export interface TrendEvent {
    readonly itemId: string;
    /** Epoch seconds. */
    readonly timestamp: number;
}

const hour = 3600;

const intervals = new Map([
    ["30 minutes", hour / 2],
    ["1 hour", hour],
    ["2 hours", 2 * hour],
    ["3 hours", 3 * hour],
    ["1 day", 24 * hour],
]);

/**
 * Returns the seconds of a `trend_discovery_frequency`; 2 hours by default. Undefined for a frequency that does not
 * exist.
 */
export const trendInterval = (frequency = "2 hours") => intervals.get(frequency);

/**
 * Returns the rising items at a time: those with more events in the interval that ends then than in the interval before
 * it. Source: Developer Guide, "Trending-Now recipe".
 */
export function risingItems(events: Iterable<TrendEvent>, end: number, interval: number): string[] {
    return [...growthOfItems(events, end, interval)]
        .filter(([, { increase }]) => increase > 0)
        .sort(([a, x], [b, y]) => y.increase - x.increase || y.now - x.now || (a < b ? -1 : 1))
        .map(([itemId]) => itemId);
}

/**
 * `trend_prediction_accuracy`: the growth of the first `count` rising items in the next interval, divided by that of
 * the items that grew most. 1 if no item grew.
 */
export function trendAccuracy(events: readonly TrendEvent[], interval: number, count: number): number {
    const end = events.at(-1)?.timestamp ?? 0;
    const growth = growthOfItems(events, end, interval);
    const increaseOf = (itemId: string) => Math.max(0, growth.get(itemId)?.increase ?? 0);
    const total = (itemIds: readonly string[]) => itemIds.reduce((sum, itemId) => sum + increaseOf(itemId), 0);
    const best = [...growth.keys()].sort((a, b) => increaseOf(b) - increaseOf(a)).slice(0, count);
    const picked = risingItems(events, end - interval, interval).slice(0, count);
    const possible = total(best);
    return possible > 0 ? total(picked) / possible : 1;
}

/**
 * Returns for each item the number of its events in the interval that ends at `end`, and by how much it exceeds the
 * number in the interval before it.
 */
function growthOfItems(events: Iterable<TrendEvent>, end: number, interval: number) {
    const growth = new Map<string, { increase: number; now: number }>();
    for (const { itemId, timestamp } of events) {
        const age = end - timestamp;
        if (age < 0 || age >= 2 * interval) continue;
        const trend = growth.get(itemId) ?? { increase: 0, now: 0 };
        growth.set(itemId, trend);
        trend.increase += age < interval ? 1 : -1;
        if (age < interval) trend.now++;
    }
    return growth;
}
