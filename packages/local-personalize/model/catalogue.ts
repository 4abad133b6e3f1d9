import { type Entry, sorted } from "./sparse-rows.ts";

/** The attributes of an item of the Items dataset that models use. */
export interface CatalogueItem {
    readonly itemId: string;
    /** The item's categorical values, each with the name of its column: `GENRES=Comedy`. */
    readonly words: readonly string[];
    /** CREATION_TIMESTAMP, epoch seconds. */
    readonly createdAt?: number;
    /** Value of the attribute of the solution's objective. */
    readonly reward?: number;
}

/** Number of interactions below which an item is cold (Developer Guide, "Similar-Items recipe"). */
export const COLD = 5;

/** Returns the words of each item; none for an item that the catalog lacks. */
export function wordsOfItems(itemIds: readonly string[], catalogue: readonly CatalogueItem[]) {
    const words = new Map(catalogue.map((item) => [item.itemId, item.words]));
    return itemIds.map((itemId) => words.get(itemId) ?? []);
}

/** Options of `nearestByWords`, which returns a row of similar items for each item. */
export interface WordOptions {
    /** Checks whether an item gets a row. The rows of other items are empty. */
    wanted(item: number): boolean;
    /** Checks whether a row may contain an item. */
    allowed(item: number): boolean;
    /** The largest number of entries in a row. */
    most: number;
}

/**
 * Returns the most similar items of each wanted item by their categorical values ("words"). The similarity of two items
 * is the cosine of the vectors of their words, in which rare words count more. `wordsOf` has the words of each item.
 */
export function nearestByWords(
    wordsOf: readonly (readonly string[])[],
    { wanted, allowed, most }: WordOptions,
): Entry[][] {
    const holders = new Map<string, number[]>();
    for (const [item, words] of wordsOf.entries()) {
        for (const word of new Set(words)) {
            const others = holders.get(word);
            if (others) others.push(item);
            else holders.set(word, [item]);
        }
    }
    const rarity = (word: string) => Math.log(1 + wordsOf.length / (holders.get(word)?.length ?? 1));
    const norms = wordsOf.map((words) => Math.hypot(...words.map(rarity)));
    return wordsOf.map((words, item) => {
        if (!wanted(item)) return [];
        const sums = new Map<number, number>();
        for (const word of new Set(words)) {
            for (const other of holders.get(word) ?? []) {
                if (other !== item && allowed(other)) sums.set(other, (sums.get(other) ?? 0) + rarity(word) ** 2);
            }
        }
        const entries = [...sums].map(
            ([other, sum]): Entry => [other, sum / ((norms[item] as number) * (norms[other] as number))],
        );
        return sorted(entries).slice(0, most);
    });
}

/** A solution's `optimizationObjective`. */
export interface Objective {
    itemAttribute: string;
    objectiveSensitivity: "LOW" | "MEDIUM" | "HIGH" | "OFF";
}

/** Factor of the item with the highest value, relative to the item with the lowest: a guess. */
const LARGEST_FACTOR = { OFF: 1, LOW: 1.5, MEDIUM: 3, HIGH: 10 };

/**
 * Returns the factor of each item's score: it grows with the rank of its value among the catalog's items. Items
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
