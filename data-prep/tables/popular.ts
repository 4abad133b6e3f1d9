import { computeTimeSpan, type RowsByUser } from "../by-user.ts";
import type { Columns } from "../columns.ts";

/**
 * Days in which a view loses half its weight. On MovieLens 100k, lists with this weight ranked the films that new users
 * watched next 5 % better than lists by the count of all views (docs/tables.md). With 14 days, lists are hardly better,
 * and depend on half as many views.
 */
export const halfLifeDays = 30;
/**
 * Number of views beyond which the views of a user weigh less. One user then has less than 1 % of all popularity on
 * MovieLens 100k.
 */
const maxViewsOfUser = 120;
/** Share of users who watched something after the time from which the ages of views are counted. */
const activeShare = 0.05;

const day = 86_400;

/**
 * Returns the present of the data in epoch seconds, the time from which the ages of views are counted: 5 % of the users
 * watched something after it. Does not use the newest event: if data of 1998 contained one view of today, all other
 * views would have no weight.
 *
 * @param views rows of the interactions, grouped by user, oldest first. 0 without rows.
 */
function computePresent({ timestamps }: Columns, { starts, rows }: RowsByUser): number {
    const newest: number[] = [];
    for (let user = 0; user + 1 < starts.length; user++) {
        const end = starts[user + 1] as number;
        if (end > (starts[user] as number)) newest.push(timestamps[rows[end - 1] as number] as number);
    }
    newest.sort((a, b) => a - b);
    return newest[Math.floor((1 - activeShare) * (newest.length - 1))] ?? 0;
}

/**
 * Returns popularity of each item: its views, each halved for every half-life before the present. The views of a user
 * who has more than 120 count less, so that neither a user nor an event decides a list.
 */
export function popularity(columns: Columns, views: RowsByUser): Float64Array {
    const { itemCount, items, timestamps } = columns;
    const { starts, rows } = views;
    const present = computePresent(columns, views);
    const scores = new Float64Array(itemCount);
    for (let user = 0; user + 1 < starts.length; user++) {
        const [start, end] = [starts[user] as number, starts[user + 1] as number];
        const weight = Math.min(1, maxViewsOfUser / (end - start));
        for (let at = start; at < end; at++) {
            const row = rows[at] as number;
            const item = items[row] as number;
            const age = Math.max(0, present - (timestamps[row] as number)) / day;
            scores[item] = (scores[item] as number) + weight * 2 ** (-age / halfLifeDays);
        }
    }
    return scores;
}

/** Returns the item numbers by score, highest first; ties by `second`, then by number. */
export function ranked(scores: Float64Array, second: ArrayLike<number> = scores): number[] {
    const by = (values: ArrayLike<number>, a: number, b: number) => (values[b] as number) - (values[a] as number);
    return [...scores.keys()].sort((a, b) => by(scores, a, b) || by(second, a, b) || a - b);
}

const longestWindow = 30 * 86_400;
/**
 * Minimum growth in standard deviations. Growth below this value is regarded as noise. By chance alone, one film of six
 * reaches this value.
 */
const leastGrowth = 1;

/**
 * Returns the `count` items with the strongest growth of views against expectation. Compares two windows. The last one
 * begins a window's length before the present of the data (`computePresent`), and includes all later views. Both
 * windows have 30 days, or a third of shorter data. The expected views include the growth of all views. Growth is in
 * standard deviations of the difference of two counts, (views - expected) / √(views + expected + 1). One view after
 * none is then not the strongest. Growth below one does not count, so the list may be short or empty.
 *
 * @returns the length of each window, and item numbers, the strongest growth first
 */
export function trending(columns: Columns, views: RowsByUser, count: number) {
    const { itemCount, items, timestamps } = columns;
    const { rows } = views;
    const present = computePresent(columns, views);
    const windowSeconds = Math.min(longestWindow, Math.floor((present - computeTimeSpan(columns).firstTimestamp) / 3));
    const [now, before] = [new Float64Array(itemCount), new Float64Array(itemCount)];
    let [nowAll, beforeAll] = [0, 0];
    for (let at = 0; at < rows.length; at++) {
        const row = rows[at] as number;
        const age = present - (timestamps[row] as number);
        const item = items[row] as number;
        if (age < windowSeconds) {
            now[item] = (now[item] as number) + 1;
            nowAll += 1;
        } else if (age < 2 * windowSeconds) {
            before[item] = (before[item] as number) + 1;
            beforeAll += 1;
        }
    }
    const growth = now.map((views, item) =>
        computeGrowth(views, ((before[item] as number) * nowAll) / (beforeAll || 1)),
    );
    const growing = ranked(growth, now).filter((item) => (growth[item] as number) >= leastGrowth);
    return { windowSeconds, items: beforeAll === 0 ? [] : growing.slice(0, count) };
}

/** Returns the growth of `views` above expectation, in standard deviations. */
export const computeGrowth = (views: number, expected: number) => (views - expected) / Math.sqrt(views + expected + 1);
