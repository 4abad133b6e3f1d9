import type { CatalogueItem } from "./catalogue.ts";

/** A solution's `optimizationObjective`. */
export interface Objective {
    itemAttribute: string;
    objectiveSensitivity: "LOW" | "MEDIUM" | "HIGH" | "OFF";
}

/** Factor of the item with the highest value, relative to the item with the lowest: a guess. */
const LARGEST_FACTOR = { OFF: 1, LOW: 1.5, MEDIUM: 3, HIGH: 10 };

/**
 * Returns the factor of each item's score: it grows with the rank of its value among the catalogue's items. Items
 * without a value have the factor 1. Undefined with the sensitivity OFF, which does not change the scores.
 */
export function objectiveBoost(
    itemIds: readonly string[],
    catalogue: readonly CatalogueItem[],
    { objectiveSensitivity }: Objective,
): Float64Array | undefined {
    const most = LARGEST_FACTOR[objectiveSensitivity];
    if (most === 1) return undefined;
    const values = [...new Set(catalogue.flatMap(({ reward }) => reward ?? []))].sort((a, b) => a - b);
    const rank = new Map(values.map((value, index) => [value, index / Math.max(1, values.length - 1)]));
    const rewards = collectRewards(catalogue);
    return Float64Array.from(itemIds, (itemId) => most ** (rank.get(rewards.get(itemId) ?? Number.NaN) ?? 0));
}

/** Returns the value of each item's attribute. */
export const collectRewards = (catalogue: readonly CatalogueItem[]) =>
    new Map(
        catalogue.flatMap(({ itemId, reward }): [string, number][] => (reward === undefined ? [] : [[itemId, reward]])),
    );
