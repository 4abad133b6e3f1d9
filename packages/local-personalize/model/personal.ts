import { type CatalogueItem, COLD, nearestByWords, wordsOfItems } from "./catalogue.ts";
import { invertPositiveDefinite } from "./cholesky.ts";
import { fitContexts } from "./contexts.ts";
import { DEFAULT_GAIN } from "./gain.ts";
import { pairSums } from "./gram.ts";
import {
    countItems,
    densePart,
    type Interactions,
    MOST_DENSE_ITEMS,
    type TrainingData,
    toTrainingData,
} from "./histories.ts";
import type { Settings } from "./hyperparameters.ts";
import type { FreshItem, Model } from "./model.ts";
import { multiply } from "./multiply.ts";
import { nearestItems } from "./neighbours.ts";
import { computePopularity } from "./popularity.ts";
import { computeNorm, principalWeights } from "./principal.ts";
import { addRows, type Entry, packRows, withTranspose } from "./sparse-rows.ts";

const DAY = 86_400;
const HALF_LIFE_SECONDS = 30 * DAY;
/** Maximum number of entries of a sparse row. */
const MOST_NEIGHBOURS = 50;
/**
 * The largest value of a sparse row, relative to the largest value of a dense row, measured with 400 dense rows
 * (docs/models.md). A sparse row has no negative values, so with equal scales lists would contain only rare items.
 */
const SPARSE_SHARE = 0.2;
/**
 * Returns the model of the personalised recipes. The most watched items have dense rows (`denseWeights`), and rarer
 * items have sparse rows of cosines. Items without interactions have sparse rows by their categories.
 */
export function fitPersonal(
    interactions: Interactions,
    recipeName: string,
    catalogue: readonly CatalogueItem[] = [],
    { recency_mask: recency = "true", apply_recency_bias: bias = recency }: Settings = {},
    mostDense = MOST_DENSE_ITEMS,
): Model {
    const data = toTrainingData(interactions, mostDense);
    const warm = new Set(data.itemIds);
    const cold = catalogue.filter(({ itemId }) => !warm.has(itemId));
    const itemIds = [...data.itemIds, ...cold.map(({ itemId }) => itemId)];
    const weights = denseWeights(densePart(data));
    const rows = sparseRows(data, itemIds, catalogue);
    const scale =
        rows === undefined ? 1 : (SPARSE_SHARE * largestMean(largestOfRows(weights, data.dense))) / largestMean(rows);
    const contexts = fitContexts(interactions, itemIds);
    return {
        recipeName,
        itemIds,
        dense: data.dense,
        weights,
        popularity: computePopularity(interactions, itemIds, HALF_LIFE_SECONDS),
        gain: DEFAULT_GAIN,
        histories: data.histories,
        ...(rows && { neighbours: packRows(withTranspose(rows, scale)) }),
        ...(bias.toLowerCase() === "false" && { equalEvents: true as const }),
        ...(contexts && { contexts }),
        fresh: freshItems(interactions, itemIds, catalogue),
    };
}

/** Returns rows of the items without a dense row: by interactions, and by categories for those that have none. */
function sparseRows(
    data: TrainingData,
    itemIds: readonly string[],
    catalogue: readonly CatalogueItem[],
): Entry[][] | undefined {
    const trainedItems = data.itemIds.length;
    if (itemIds.length === data.dense) return undefined;
    const isTail = (item: number) => item >= data.dense && item < trainedItems;
    const tail = nearestItems([...data.histories.values()], itemIds.length, {
        wanted: isTail,
        most: MOST_NEIGHBOURS,
        fewestTogether: 1,
    });
    const cold = nearestByWords(wordsOfItems(itemIds, catalogue), {
        wanted: (item) => item >= trainedItems,
        // Exclude cold items as neighbours: no history contains them, so they would only displace useful neighbours.
        allowed: (item) => item < trainedItems,
        most: MOST_NEIGHBOURS,
    });
    return addRows(tail, cold);
}

/** Returns the largest value of each row of a dense matrix, as rows of one entry. */
const largestOfRows = (weights: Float32Array, n: number): Entry[][] =>
    Array.from({ length: n }, (_, row) => {
        const values = weights.subarray(row * n, row * n + n);
        return [[row, values.reduce((most, value) => Math.max(most, value), 0)]];
    });

/**
 * Returns the mean of the largest values of the rows, without empty rows, to compare the scales of dense and sparse
 * rows.
 */
function largestMean(rows: readonly (readonly Entry[])[]): number {
    const filled = rows.filter((row) => row.length > 0);
    const sum = filled.reduce((total, row) => total + Math.max(...row.map(([, value]) => value)), 0);
    return sum > 0 ? sum / filled.length : 1;
}

/**
 * Returns the items with fewer than five interactions, which exploration may show, and their age at the latest
 * interaction. An item without CREATION_TIMESTAMP is as old as its first interaction. An item without any is new.
 * Source: Developer Guide, "Creation timestamp data".
 */
function freshItems(
    interactions: Interactions,
    itemIds: readonly string[],
    catalogue: readonly CatalogueItem[],
): FreshItem[] {
    const latest = interactions.timestamps.at(-1) ?? 0;
    const counts = countItems(interactions);
    const firstOf = new Float64Array(interactions.itemIds.length).fill(Number.NaN);
    for (let row = interactions.items.length - 1; row >= 0; row--) {
        firstOf[interactions.items[row] as number] = interactions.timestamps[row] as number;
    }
    const first = new Map(interactions.itemIds.map((itemId, item) => [itemId, firstOf[item]]));
    const countOf = new Map(interactions.itemIds.map((itemId, item) => [itemId, counts[item] ?? 0]));
    const created = new Map(catalogue.map(({ itemId, createdAt }) => [itemId, createdAt]));
    return itemIds.flatMap((itemId, item) => {
        if ((countOf.get(itemId) ?? 0) >= COLD) return [];
        const since = created.get(itemId) ?? first.get(itemId) ?? latest;
        return [{ item, ageDays: Math.max(0, latest - since) / DAY }];
    });
}

/** Norm of the principal components' weights, relative to the norm of the other weights (docs/models.md). */
const PRINCIPAL_SHARE = 1.2;

/**
 * Returns how strongly each item suggests each other item, n × n, row by row. It is the sum of three linear models of
 * the time-aware Gram matrix, whose inverse is P.
 *
 * - EASE^R (Steck 2019): -P[i][j] / P[j][j] predicts which items belong together.
 * - Directed ridge: P · D predicts which item follows. D contains the sums over pairs of items in their order.
 * - The same two models, restricted to the greatest principal components (principal.ts).
 *
 * Their Frobenius norms decide how much each one counts. An item does not suggest itself. With event weights, an event
 * counts by its weight, both as an item of the history and as the item that follows. A request's history has no
 * weights, so an item's row gets the mean weight of its events.
 */
function denseWeights({ itemIds, histories, eventWeights }: TrainingData): Float32Array {
    const n = itemIds.length;
    const weightsOf = eventWeights && [...histories.keys()].map((userId) => eventWeights.get(userId) ?? []);
    const sums = pairSums(histories.values(), n, weightsOf);
    const principal = principalWeights(sums);
    const { gram: inverse, directed } = sums;
    invertPositiveDefinite(inverse, n);
    const weights = togetherWeights(inverse, n);
    addOfNorm(weights, multiply(inverse, directed, { rows: n, depth: n, columns: n }), n, 1);
    addOfNorm(weights, principal, n, PRINCIPAL_SHARE);
    if (weightsOf) scaleRows(weights, meanWeights(histories.values(), n, weightsOf));
    return weights;
}

/** Computes EASE^R's weights. */
function togetherWeights(inverse: Float64Array, n: number): Float32Array {
    const weights = new Float32Array(n * n);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            if (row === column) continue;
            weights[row * n + column] =
                -(inverse[row * n + column] as number) / (inverse[column * n + column] as number);
        }
    }
    return weights;
}

/**
 * Adds `added`, without its diagonal, to `weights`. Scales `added` so that its norm is `share` times the norm of
 * `weights`.
 */
function addOfNorm(weights: Float32Array, added: Float32Array, n: number, share: number): void {
    for (let item = 0; item < n; item++) added[item * n + item] = 0;
    const norm = computeNorm(added);
    const factor = norm > 0 ? (share * computeNorm(weights)) / norm : 0;
    for (let at = 0; at < weights.length; at++) weights[at] = (weights[at] as number) + factor * (added[at] as number);
}

function scaleRows(weights: Float32Array, factors: Float64Array): void {
    const n = factors.length;
    for (const [row, factor] of factors.entries()) {
        for (let at = row * n; at < row * n + n; at++) weights[at] = (weights[at] as number) * factor;
    }
}

/** Returns the mean weight of each item's events. */
function meanWeights(
    histories: Iterable<readonly number[]>,
    n: number,
    weightsOf: readonly (readonly number[])[],
): Float64Array {
    const sums = new Float64Array(n);
    const counts = new Float64Array(n);
    let user = 0;
    for (const history of histories) {
        const weights = weightsOf[user++] ?? [];
        history.forEach((item, position) => {
            sums[item] = (sums[item] as number) + (weights[position] ?? 1);
            counts[item] = (counts[item] as number) + 1;
        });
    }
    return sums.map((sum, item) => sum / Math.max(1, counts[item] as number));
}
