import { invertPositiveDefinite } from "./cholesky.ts";
import { timeAwareGram } from "./gram.ts";
import { type TrainingData, toTrainingData } from "./histories.ts";
import type { Interactions } from "./interactions.ts";
import type { Model } from "./model.ts";

const PERSONALIZED = [
    "aws-user-personalization",
    "aws-user-personalization-v2",
    "aws-hrnn",
    "aws-personalized-ranking",
];
const POPULARITY = "aws-popularity-count";

const HALF_LIFE_SECONDS = 30 * 86_400;
/**
 * The best next-item perplexity (351 of 1,682) on MovieLens 100k, for users outside the training data. It is not fitted
 * to each data set: on its own training users a model seems better than it is, and 2 would look best there.
 */
const GAIN = 1.25;

/**
 * Trains the recommender of a recipe: EASE^R over a time-aware Gram matrix for the personalised ones, counts for
 * aws-popularity-count. Equal interactions give equal bytes. Throws an Error with the service's text when the data is
 * below its minimums, and an Error with all recipes when this one is not emulated.
 */
export function trainModel(interactions: Interactions, recipeName: string): Model {
    refuseUnknownRecipe(recipeName);
    refuseTooLittle(interactions);
    return fitModel(interactions, recipeName);
}

/** trainModel without the minimums, for the nine tenths of the users that metrics train on. */
export function fitModel(interactions: Interactions, recipeName: string): Model {
    const data = toTrainingData(interactions);
    const { itemIds, histories } = data;
    const personalized = recipeName !== POPULARITY;
    return {
        recipeName,
        itemIds,
        weights: personalized ? itemWeights(data) : new Float32Array(0),
        popularity: popularity(interactions, itemIds, personalized ? HALF_LIFE_SECONDS : Number.POSITIVE_INFINITY),
        gain: GAIN,
        histories,
    };
}

/**
 * B[i][j] = -P[i][j] / P[j][j] with P the inverse Gram matrix; an item does not suggest itself: EASE^R. With event
 * weights an event counts as much as its weight, on both sides. A request's history has no weights, so an item's row
 * gets the mean weight of its events.
 */
function itemWeights({ itemIds, histories, eventWeights }: TrainingData): Float32Array {
    const n = itemIds.length;
    const weightsOf = eventWeights && [...histories.keys()].map((userId) => eventWeights.get(userId) ?? []);
    const inverse = timeAwareGram(histories.values(), n, weightsOf);
    const means = meanWeights(histories.values(), n, weightsOf);
    invertPositiveDefinite(inverse, n);
    const weights = new Float32Array(n * n);
    for (let row = 0; row < n; row++) {
        for (let column = 0; column < n; column++) {
            if (row === column) continue;
            weights[row * n + column] =
                (-(inverse[row * n + column] as number) / (inverse[column * n + column] as number)) *
                (means[row] as number);
        }
    }
    return weights;
}

/** The mean weight of each item's events; 1 without weights. */
function meanWeights(
    histories: Iterable<readonly number[]>,
    n: number,
    weightsOf: readonly (readonly number[])[] | undefined,
): Float64Array {
    if (weightsOf === undefined) return new Float64Array(n).fill(1);
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

function popularity(interactions: Interactions, itemIds: readonly string[], halfLife: number): Float64Array {
    const last = interactions.timestamps.at(-1) ?? 0;
    const byItem = new Float64Array(interactions.itemIds.length);
    interactions.items.forEach((item, row) => {
        const age = last - (interactions.timestamps[row] as number);
        byItem[item] = (byItem[item] as number) + (interactions.weights?.[row] ?? 1) * 2 ** (-age / halfLife);
    });
    const number = new Map(interactions.itemIds.map((itemId, index) => [itemId, index]));
    return Float64Array.from(itemIds, (itemId) => byItem[number.get(itemId) ?? -1] ?? 0);
}

function refuseUnknownRecipe(recipeName: string): void {
    if (PERSONALIZED.includes(recipeName) || recipeName === POPULARITY) return;
    throw new Error(`The recipe ${recipeName} is not emulated here; use ${[...PERSONALIZED, POPULARITY].join(", ")}.`);
}

function refuseTooLittle({ users, userIds }: Interactions): void {
    if (users.length < 1_000) throw new Error("Create failed. Dataset has fewer than 1000 interactions.");
    const counts = new Int32Array(userIds.length);
    for (const user of users) counts[user] = (counts[user] as number) + 1;
    if (counts.filter((count) => count >= 2).length < 25) {
        throw new Error("Create failed. Dataset has fewer than 25 users with at least 2 interactions each.");
    }
}
