import { rowsByUser } from "./by-user.ts";
import type { Columns } from "./columns.ts";

/** Metrics of a list of the most popular items, by the service's keys of GetSolutionMetrics. */
export type PopularityMetrics = Readonly<Record<(typeof keys)[number], number>>;

const cutoffs = [5, 10, 25] as const;
const longestList = 25;
const keys = [
    "mean_reciprocal_rank_at_25",
    "normalized_discounted_cumulative_gain_at_5",
    "normalized_discounted_cumulative_gain_at_10",
    "normalized_discounted_cumulative_gain_at_25",
    "precision_at_5",
    "precision_at_10",
    "precision_at_25",
] as const;

/** Number of groups of users. The test uses one group at a time, with item counts from the other nine. */
const folds = 10;

/** Discounts of a list's positions, which NDCG uses (developer guide, metrics: 1 / log(1 + position)). */
const discounts = Array.from({ length: longestList }, (_, rank) => 1 / Math.log(rank + 2));
const idealGain = (hits: number) => discounts.slice(0, hits).reduce((sum, gain) => sum + gain, 0);

const add = (to: Int32Array | Float64Array, index: number, value: number) => {
    to[index] = (to[index] as number) + value;
};

/**
 * Returns metrics of recommending the most popular items to all users, measured like the service's. Items are counted
 * for nine tenths of the users and tested with the others. Each user's oldest 90 % of events are known and excluded
 * from the list. The newest 10 %, at least one, must be found. The service tests one tenth that it did not train on.
 * Here each tenth is tested in turn, so the result does not depend on a draw. As in the service, the ideal of NDCG is
 * the same hits at the top of the list. Rounded to four decimals, like the service's.
 */
export function popularityMetrics(columns: Columns): PopularityMetrics {
    const { userCount, itemCount, users, items } = columns;
    const foldOf = Uint8Array.from({ length: userCount }, (_, user) => foldOfUser(user));
    const counts = Array.from({ length: folds }, () => new Int32Array(itemCount));
    for (let row = 0; row < users.length; row++) {
        add(counts[foldOf[users[row] as number] as number] as Int32Array, items[row] as number, 1);
    }
    const { starts, rows } = rowsByUser(columns);
    const rankings = rankItems(counts, itemCount);

    const sums = new Float64Array(keys.length);
    // The loop visits one user after another. For each item, `watchedBy` contains the last visited user who had watched
    // the item, and `wanted` contains the last visited user to whom the item should be recommended. If the entry of an
    // item is the current user, the item is in this user's set. Two arrays need less memory than two sets for each
    // user.
    const watchedBy = new Int32Array(itemCount).fill(-1);
    const wanted = new Int32Array(itemCount).fill(-1);
    let tested = 0;
    for (let user = 0; user < userCount; user++) {
        const own = rows.subarray(starts[user], starts[user + 1]);
        if (own.length < 2) continue;
        tested += 1;
        const cut = own.length - Math.max(1, Math.floor(own.length / 10));
        own.forEach((row, position) => {
            (position < cut ? watchedBy : wanted)[items[row] as number] = user;
        });
        addTrial(sums, findHitRanks(rankings[foldOf[user] as number] as Int32Array, user, watchedBy, wanted));
    }
    const rounded = (sum: number) => (tested === 0 ? 0 : Math.round((sum / tested) * 1e4) / 1e4);
    return Object.fromEntries(keys.map((key, index) => [key, rounded(sums[index] as number)])) as PopularityMetrics;
}

/**
 * Returns the group of a user. Mixes the bits of the user's number before it calculates the remainder, because
 * otherwise the groups would depend on the order of the users in the file.
 */
const foldOfUser = (user: number) => (Math.imul(user + 1, 0x9e3779b1) >>> 0) % folds;

/** Returns, for each group of users, the items ordered by their count in all other groups, highest first. */
function rankItems(counts: readonly Int32Array[], itemCount: number): Int32Array[] {
    const all = new Int32Array(itemCount);
    for (const fold of counts) {
        for (let item = 0; item < itemCount; item++) add(all, item, fold[item] as number);
    }
    return counts.map((fold) => {
        const others = all.map((count, item) => count - (fold[item] as number));
        const seenItems = Int32Array.from({ length: itemCount }, (_, item) => item).filter(
            (item) => (others[item] ?? 0) > 0,
        );
        return seenItems.sort((a, b) => (others[b] as number) - (others[a] as number) || a - b);
    });
}

/** Returns at which ranks of the list, counted from 0, a user's test items are. */
function findHitRanks(ranking: Int32Array, user: number, watchedBy: Int32Array, wanted: Int32Array): number[] {
    const hits: number[] = [];
    let rank = 0;
    for (const item of ranking) {
        if (watchedBy[item] === user) continue;
        if (wanted[item] === user) hits.push(rank);
        rank += 1;
        if (rank === longestList) break;
    }
    return hits;
}

function addTrial(sums: Float64Array, hits: readonly number[]): void {
    if (hits.length === 0) return;
    add(sums, 0, 1 / ((hits[0] as number) + 1));
    cutoffs.forEach((cutoff, index) => {
        const within = hits.filter((rank) => rank < cutoff);
        const gain = within.reduce((sum, rank) => sum + (discounts[rank] as number), 0);
        add(sums, 1 + index, within.length === 0 ? 0 : gain / idealGain(within.length));
        add(sums, 1 + cutoffs.length + index, within.length / cutoff);
    });
}
