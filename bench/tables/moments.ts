import { groupViews } from "../../data-prep/by-user.ts";
import type { Columns } from "../../data-prep/columns.ts";
import { longestTrending } from "../../data-prep/tables/make.ts";
import { halfLifeDays, popularity, ranked, trending } from "../../data-prep/tables/popular.ts";
import { computeMeans, type Found, find, listLength, pick } from "./trials.ts";

/**
 * How well lists that were made from earlier events predict later views. The figures are means over several points in
 * time.
 */
export interface Worth {
    /** Results for users without earlier views (`comers`) and with earlier views (`others`). */
    readonly comers: Found;
    readonly others: Found;
    /**
     * Share of all later views that belong to the first 20 films of a list (`share`), and this share divided by the
     * same films' share of the earlier views (`lift`).
     */
    readonly share: number;
    readonly lift: number;
}

interface Moment {
    readonly before: Columns;
    readonly knownItems: ReadonlyMap<number, ReadonlySet<number>>;
    readonly truth: ReadonlyMap<number, ReadonlySet<number>>;
    readonly countBefore: Float64Array;
    readonly countAfter: Float64Array;
}

/**
 * Makes lists at seven points in time, after 30 % to 90 % of all events, and measures how well each predicts the tenth
 * of the events that follows.
 */
export function atMoments(columns: Columns): Map<string, Worth> {
    const moments = createMoments(columns);
    const popular = (halfLife: number) => (before: Columns) => ranked(popularity(before, groupViews(before), halfLife));
    return new Map([
        [`popular, half-life ${halfLifeDays} days`, worth(moments, popular(halfLifeDays))],
        ["popular, all time alike", worth(moments, (before) => ranked(viewCounts(before)))],
        ["popular, half-life 90 days", worth(moments, popular(90))],
        ["popular, half-life 14 days", worth(moments, popular(14))],
        ["popular, half-life 7 days", worth(moments, popular(7))],
        ["trending", worth(moments, (before) => trending(before, groupViews(before), longestTrending).items)],
    ]);
}

/** Returns how many users watched each item. */
function viewCounts(columns: Columns): Float64Array {
    const counts = new Float64Array(columns.itemCount);
    for (const row of groupViews(columns).rows) {
        const item = columns.items[row] as number;
        counts[item] = (counts[item] as number) + 1;
    }
    return counts;
}

function createMoments(columns: Columns): Moment[] {
    const { users, items, timestamps, itemCount } = columns;
    const order = Uint32Array.from(users.keys());
    order.sort((a, b) => (timestamps[a] as number) - (timestamps[b] as number) || a - b);
    const place = new Uint32Array(order.length);
    order.forEach((row, at) => {
        place[row] = at;
    });
    const watched = ({ users, items }: Columns) => {
        const byUser = new Map<number, Set<number>>();
        users.forEach((user, row) => {
            const own = byUser.get(user) ?? new Set<number>();
            byUser.set(user, own.add(items[row] as number));
        });
        return byUser;
    };
    const counts = (part: Columns) => {
        const count = new Float64Array(itemCount);
        for (const item of part.items) count[item] = (count[item] as number) + 1;
        return count;
    };
    return [3, 4, 5, 6, 7, 8, 9].map((tenths) => {
        const rowAt = (tenth: number) => Math.floor((items.length * tenth) / 10);
        const [cut, end] = [rowAt(tenths), rowAt(tenths + 1)] as const;
        const before = pick(columns, (row) => (place[row] as number) < cut);
        const after = pick(columns, (row) => (place[row] as number) >= cut && (place[row] as number) < end);
        return {
            before,
            knownItems: watched(before),
            truth: watched(after),
            countBefore: counts(before),
            countAfter: counts(after),
        };
    });
}

function worth(moments: readonly Moment[], listOf: (before: Columns) => readonly number[]): Worth {
    const [comers, others]: [Found[], Found[]] = [[], []];
    let [share, lift] = [0, 0];
    for (const { before, knownItems, truth, countBefore, countAfter } of moments) {
        const list = listOf(before);
        for (const [user, wanted] of truth) {
            const own = knownItems.get(user);
            (own ? others : comers).push(find(list, own ?? new Set(), wanted));
        }
        const shareOf = (counts: Float64Array) =>
            list.slice(0, listLength).reduce((sum, item) => sum + (counts[item] as number), 0) /
            counts.reduce((sum, count) => sum + count, 0);
        share += shareOf(countAfter) / moments.length;
        lift += shareOf(countAfter) / (shareOf(countBefore) || 1) / moments.length;
    }
    return { comers: computeMeans(comers), others: computeMeans(others), share, lift };
}
