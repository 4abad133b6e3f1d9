import type { Interactions } from "./interactions.ts";

/** The limit of a laptop's memory: three matrices of 8,000 × 8,000 take 1.3 GB. */
const MOST_ITEMS = 8_000;
/** Only these newest events of a longer history are scored and trained on. */
export const LONGEST_HISTORY = 500;

/** The training data of a model: items with new numbers, and each user's items by that number, oldest first. */
export interface TrainingData {
    itemIds: string[];
    histories: Map<string, number[]>;
    /** The weight of each event of a history, in its order; absent: all count equally. */
    eventWeights?: Map<string, number[]>;
}

/**
 * Takes the 8,000 items with most interactions (or all), in the order of their numbers in the data, and the users'
 * events with them. Users without such an event are absent.
 */
export function toTrainingData(interactions: Interactions): TrainingData {
    const kept = keptItems(interactions);
    const modelIndex = new Int32Array(interactions.itemIds.length).fill(-1);
    kept.forEach((item, index) => {
        modelIndex[item] = index;
    });
    const byUser: number[][] = interactions.userIds.map(() => []);
    const weightsByUser: number[][] = interactions.userIds.map(() => []);
    interactions.users.forEach((user, row) => {
        const item = modelIndex[interactions.items[row] ?? -1] ?? -1;
        if (item < 0) return;
        byUser[user]?.push(item);
        weightsByUser[user]?.push(interactions.weights?.[row] ?? 1);
    });
    const histories = new Map<string, number[]>();
    interactions.userIds.forEach((userId, user) => {
        const history = byUser[user] ?? [];
        if (history.length > 0) histories.set(userId, history);
    });
    const eventWeights = new Map(interactions.userIds.map((userId, user) => [userId, weightsByUser[user] ?? []]));
    return {
        itemIds: kept.map((item) => interactions.itemIds[item] ?? ""),
        histories,
        ...(interactions.weights && { eventWeights }),
    };
}

/** How often each item number occurs. */
export function countItems({ itemIds, items }: Interactions): Float64Array {
    const counts = new Float64Array(itemIds.length);
    for (const item of items) counts[item] = (counts[item] ?? 0) + 1;
    return counts;
}

function keptItems(interactions: Interactions): number[] {
    const counts = countItems(interactions);
    const seen = [...counts.keys()].filter((item) => (counts[item] ?? 0) > 0);
    if (seen.length <= MOST_ITEMS) return seen;
    const mostFirst = seen.toSorted((a, b) => (counts[b] ?? 0) - (counts[a] ?? 0) || a - b);
    return mostFirst.slice(0, MOST_ITEMS).sort((a, b) => a - b);
}
