import { type CatalogueItem, COLD, nearestByWords } from "./catalogue.ts";
import { countItems, toTrainingData } from "./histories.ts";
import type { Interactions } from "./interactions.ts";
import type { Model } from "./model.ts";
import { nearestItems } from "./neighbours.ts";
import { popularityOf } from "./popularity.ts";
import { addRows, type Entry, eachEntry, packRows, withTranspose } from "./sparse-rows.ts";

const MOST_NEIGHBOURS = 100;
/** Default of aws-sims' `min_cointeraction_count`. */
const SIMS_TOGETHER = 3;
/** Weight of a cold item's likeness by categories, relative to a likeness by interactions: a guess. */
const WORDS_FACTOR = 0.5;

/** Returns the model of aws-sims: items that the same users interact with, close to each other. */
export function fitSims(interactions: Interactions, recipeName: string): Model {
    const { itemIds, histories } = toTrainingData(interactions);
    const rows = nearestItems([...histories.values()], itemIds.length, {
        wanted: () => true,
        most: MOST_NEIGHBOURS,
        fewestTogether: SIMS_TOGETHER,
    });
    return relatedModel(interactions, recipeName, itemIds, histories, rows);
}

/**
 * Returns the model of aws-similar-items: like aws-sims, and for cold items also by the categories of the Items
 * dataset. Cold items have fewer than five interactions.
 */
export function fitSimilarItems(
    interactions: Interactions,
    recipeName: string,
    catalogue: readonly CatalogueItem[],
): Model {
    const { itemIds: warm, histories } = toTrainingData(interactions);
    const known = new Set(warm);
    const itemIds = [...warm, ...catalogue.flatMap(({ itemId }) => (known.has(itemId) ? [] : itemId))];
    const rows = nearestItems([...histories.values()], itemIds.length, {
        wanted: () => true,
        most: MOST_NEIGHBOURS,
        fewestTogether: 1,
    });
    const counts = countItems(interactions);
    const countOf = new Map(interactions.itemIds.map((itemId, item) => [itemId, counts[item] ?? 0]));
    const words = new Map(catalogue.map((item) => [item.itemId, item.words]));
    const byWords = nearestByWords(
        itemIds.map((itemId) => words.get(itemId) ?? []),
        {
            wanted: (item) => (countOf.get(itemIds[item] ?? "") ?? 0) < COLD,
            allowed: () => true,
            most: MOST_NEIGHBOURS,
        },
    );
    const both = addRows(rows, withTranspose(byWords, WORDS_FACTOR));
    return relatedModel(interactions, recipeName, itemIds, histories, both);
}

function relatedModel(
    interactions: Interactions,
    recipeName: string,
    itemIds: string[],
    histories: Map<string, number[]>,
    rows: readonly (readonly Entry[])[],
): Model {
    const popularity = popularityOf(interactions, itemIds, Number.POSITIVE_INFINITY);
    const weights = new Float32Array(0);
    return { recipeName, itemIds, weights, popularity, gain: 1, histories, neighbours: packRows(rows) };
}

/**
 * Returns the likeness of each item to an item: higher for a better neighbour. Items without a likeness follow by
 * popularity, which is below every likeness. An unknown item (undefined) has popular items only.
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
