import { type Interactions, toTrainingData } from "./histories.ts";
import type { Model } from "./model.ts";

/**
 * Returns the model of aws-popularity-count, which ranks items by the number of different users who interacted with
 * them (Developer Guide, "Popularity-Count recipe": interactions from unique users).
 */
export function fitPopularity(interactions: Interactions, recipeName: string): Model {
    const { itemIds, histories } = toTrainingData(interactions);
    const popularity = new Float64Array(itemIds.length);
    for (const history of histories.values()) {
        for (const item of new Set(history)) popularity[item] = (popularity[item] as number) + 1;
    }
    return { recipeName, itemIds, weights: new Float32Array(0), popularity, gain: 1, histories };
}

/** Maximum total weight of the items of one user, so that no single user decides the list for new users. */
const MOST_OF_USER = 120;
/** Ages are counted from the time after which only this share of the users had an event. */
const ACTIVE_SHARE = 0.05;

/**
 * Returns the popularity of each item: the sum over its users of the weight of the newest interaction. The weight
 * halves for every `halfLife` seconds of age. Ages are counted from the time after which only 5 % of the users had an
 * event. They are not counted from the newest event, because one event of today in data of 1998 would reduce all other
 * weights to nothing.
 */
export function computePopularity(
    interactions: Interactions,
    itemIds: readonly string[],
    halfLife: number,
): Float64Array {
    const { userIds, timestamps, weights } = interactions;
    const present = computePresent(interactions);
    const views = newestOfEach(interactions);
    const sums = new Float64Array(userIds.length);
    const weightOf = (row: number) => weights?.[row] ?? 1;
    for (const { user, row } of views) sums[user] = (sums[user] as number) + weightOf(row);
    const byItem = new Float64Array(interactions.itemIds.length);
    for (const { user, item, row } of views) {
        const share = Math.min(1, MOST_OF_USER / (sums[user] as number));
        const age = Math.max(0, present - (timestamps[row] as number));
        byItem[item] = (byItem[item] as number) + share * weightOf(row) * 2 ** (-age / halfLife);
    }
    const number = new Map(interactions.itemIds.map((itemId, index) => [itemId, index]));
    return Float64Array.from(itemIds, (itemId) => byItem[number.get(itemId) ?? -1] ?? 0);
}

/** Returns the newest interaction of each user with each item. */
function newestOfEach({ users, userIds, items }: Interactions): { user: number; item: number; row: number }[] {
    const seenItems = userIds.map(() => new Set<number>());
    const newest: { user: number; item: number; row: number }[] = [];
    for (let row = users.length - 1; row >= 0; row--) {
        const [user, item] = [users[row] as number, items[row] as number];
        const own = seenItems[user] as Set<number>;
        if (own.size < own.add(item).size) newest.push({ user, item, row });
    }
    return newest;
}

function computePresent({ users, userIds, timestamps }: Interactions): number {
    const newest = new Float64Array(userIds.length).fill(Number.NEGATIVE_INFINITY);
    users.forEach((user, row) => {
        newest[user] = timestamps[row] as number;
    });
    const active = newest.filter((time) => time > Number.NEGATIVE_INFINITY).sort();
    return active[Math.floor((1 - ACTIVE_SHARE) * (active.length - 1))] ?? 0;
}
