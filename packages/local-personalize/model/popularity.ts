import { toTrainingData } from "./histories.ts";
import type { Interactions } from "./interactions.ts";
import type { Model } from "./model.ts";

/**
 * The model of aws-popularity-count: the items with interactions of most users (Developer Guide, "Popularity-Count
 * recipe": interactions from unique users).
 */
export function fitPopularity(interactions: Interactions, recipeName: string): Model {
    const { itemIds, histories } = toTrainingData(interactions);
    const users = new Map<number, Set<number>>();
    interactions.items.forEach((item, row) => {
        const ofItem = users.get(item) ?? new Set();
        ofItem.add(interactions.users[row] ?? -1);
        users.set(item, ofItem);
    });
    const number = new Map(interactions.itemIds.map((itemId, item) => [itemId, item]));
    const popularity = Float64Array.from(itemIds, (itemId) => users.get(number.get(itemId) ?? -1)?.size ?? 0);
    return { recipeName, itemIds, weights: new Float32Array(0), popularity, gain: 1, histories };
}

/** The interactions of each item, each halved for every `halfLife` seconds before the latest one. */
export function popularityOf(interactions: Interactions, itemIds: readonly string[], halfLife: number): Float64Array {
    const last = interactions.timestamps.at(-1) ?? 0;
    const byItem = new Float64Array(interactions.itemIds.length);
    interactions.items.forEach((item, row) => {
        const age = last - (interactions.timestamps[row] as number);
        byItem[item] = (byItem[item] as number) + (interactions.weights?.[row] ?? 1) * 2 ** (-age / halfLife);
    });
    const number = new Map(interactions.itemIds.map((itemId, index) => [itemId, index]));
    return Float64Array.from(itemIds, (itemId) => byItem[number.get(itemId) ?? -1] ?? 0);
}
