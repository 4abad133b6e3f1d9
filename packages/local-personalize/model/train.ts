import { invertPositiveDefinite } from "./cholesky.ts";
import { timeAwareGram } from "./gram.ts";
import { toTrainingData } from "./histories.ts";
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
    const { itemIds, histories } = toTrainingData(interactions);
    const personalized = recipeName !== POPULARITY;
    return {
        recipeName,
        itemIds,
        weights: personalized ? itemWeights(histories.values(), itemIds.length) : new Float32Array(0),
        popularity: popularity(interactions, itemIds, personalized ? HALF_LIFE_SECONDS : Number.POSITIVE_INFINITY),
        gain: GAIN,
        histories,
    };
}

/** B[i][j] = -P[i][j] / P[j][j] with P the inverse Gram matrix; an item does not suggest itself: EASE^R. */
function itemWeights(histories: Iterable<readonly number[]>, n: number): Float32Array {
    const inverse = timeAwareGram(histories, n);
    invertPositiveDefinite(inverse, n);
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

function popularity(interactions: Interactions, itemIds: readonly string[], halfLife: number): Float64Array {
    const last = interactions.timestamps.at(-1) ?? 0;
    const byItem = new Float64Array(interactions.itemIds.length);
    interactions.items.forEach((item, row) => {
        const age = last - (interactions.timestamps[row] as number);
        byItem[item] = (byItem[item] as number) + 2 ** (-age / halfLife);
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
