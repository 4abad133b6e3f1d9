import { COLD, nearestByWords, wordsOfItems } from "./catalogue.ts";
import { countItems, type Interactions, toTrainingData } from "./histories.ts";
import type { Fit, Model } from "./model.ts";
import { nearestItems } from "./neighbours.ts";
import { computePopularity } from "./popularity.ts";
import { addRows, type Entry, eachEntry, packRows, sorted, withTranspose } from "./sparse-rows.ts";

const MOST_NEIGHBOURS = 100;
/** Weight of a cold item's similarity by categories, relative to a similarity by interactions: a guess. */
const WORDS_FACTOR = 0.5;

/** Returns the model of aws-sims: items that the same users interact with, close to each other. */
export const fitSims: Fit = (interactions, recipeName, _, settings = {}) => {
    const { min_cointeraction_count: together = "3", popularity_discount_factor: discount = "0.5" } = settings;
    const { itemIds, histories } = toTrainingData(interactions);
    const rows = nearestItems([...histories.values()], itemIds.length, {
        wanted: () => true,
        most: MOST_NEIGHBOURS,
        fewestTogether: Math.max(1, Number(together)),
    });
    const discounted = discountPopular(rows, interactions, itemIds, Number(discount) - 0.5);
    return relatedModel(interactions, recipeName, itemIds, histories, discounted);
};

/**
 * Returns the model of aws-similar-items: like aws-sims, and for cold items also by the categories of the Items
 * dataset. Cold items have fewer than five interactions.
 */
export const fitSimilarItems: Fit = (interactions, recipeName, catalogue = [], settings = {}) => {
    const { popularity_discount_factor: discount = "0.0" } = settings;
    const { itemIds: warm, histories } = toTrainingData(interactions);
    const warmIds = new Set(warm);
    const itemIds = [...warm, ...catalogue.flatMap(({ itemId }) => (warmIds.has(itemId) ? [] : itemId))];
    const rows = nearestItems([...histories.values()], itemIds.length, {
        wanted: () => true,
        most: MOST_NEIGHBOURS,
        fewestTogether: 1,
    });
    const countOf = countsById(interactions);
    const byWords = nearestByWords(wordsOfItems(itemIds, catalogue), {
        wanted: (item) => (countOf.get(itemIds[item] ?? "") ?? 0) < COLD,
        allowed: () => true,
        most: MOST_NEIGHBOURS,
    });
    const both = addRows(rows, withTranspose(byWords, WORDS_FACTOR));
    const discounted = discountPopular(both, interactions, itemIds, Number(discount));
    return relatedModel(interactions, recipeName, itemIds, histories, discounted);
};

/**
 * Divides similarities by the neighbour's number of interactions to the power of `exponent`. The given similarities
 * already correspond to the recipe's default `popularity_discount_factor`, so `exponent` is the difference from the
 * default.
 */
function discountPopular(
    rows: Entry[][],
    interactions: Interactions,
    itemIds: readonly string[],
    exponent: number,
): Entry[][] {
    if (exponent === 0) return rows;
    const countOf = countsById(interactions);
    const factors = itemIds.map((itemId) => Math.max(1, countOf.get(itemId) ?? 1) ** -exponent);
    return rows.map((row) => sorted(row.map(([item, value]): Entry => [item, value * (factors[item] ?? 1)])));
}

/** Returns the number of interactions of each item. */
function countsById(interactions: Interactions): Map<string, number> {
    const counts = countItems(interactions);
    return new Map(interactions.itemIds.map((itemId, item) => [itemId, counts[item] ?? 0]));
}

function relatedModel(
    interactions: Interactions,
    recipeName: string,
    itemIds: string[],
    histories: Map<string, number[]>,
    rows: readonly (readonly Entry[])[],
): Model {
    const popularity = computePopularity(interactions, itemIds, Number.POSITIVE_INFINITY);
    const weights = new Float32Array(0);
    return { recipeName, itemIds, weights, popularity, gain: 1, histories, neighbours: packRows(rows) };
}

/**
 * Returns a score for each item by its similarity to `item`. Items without a similarity have lower scores, by
 * popularity. For an unknown item (undefined), all scores are by popularity.
 */
export function relatedScores({ neighbours, popularity }: Model, item: number | undefined): Float64Array {
    const most = popularity.reduce((largest, value) => Math.max(largest, value), 1);
    const scores = popularity.map((value) => value / most - 2);
    if (item === undefined || neighbours === undefined) return scores;
    eachEntry(neighbours, item, (other, value) => {
        scores[other] = Math.max(value, 0);
    });
    return scores;
}
