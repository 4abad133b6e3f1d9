import { applyContext } from "./contexts.ts";
import { LONGEST_HISTORY } from "./histories.ts";
import type { Model } from "./model.ts";
import { rowSumsOf } from "./multiply.ts";
import { largest } from "./neighbours.ts";
import { eachEntry } from "./sparse-rows.ts";

/** Weights of events by age: 1 for the newest event; the weight halves for every 3 newer events, to at least 0.05. */
const RECENCY_FLOOR = 0.05;
const RECENCY_HALVING = 3;
/**
 * Score below which items are practically unrelated to the history. Their probabilities stay positive and keep their
 * order.
 */
const LEAST_SCORE = 3e-3;
/**
 * The affinity of a watched item is multiplied by this number. With it, watched items are 16 % of the first 10 items
 * and 24 % of the first 25 (users of MovieLens 100k). In lists of the lengths that were observed on AWS, 20.1 of 93
 * items would be watched items; on AWS, 20 were (docs/emulator.md, "Watched items"). Without a discount, it would be
 * 57.
 */
const WATCHED_PART = 0.57;

/**
 * Returns the probability that a user with this history interacts with each item of the model next. The history has
 * item numbers, oldest first; the newest 500 count. The probabilities sum to 1 over all items, those of the history
 * included. The solution's objective and the request's context change them. Without a history, and in recipes without
 * personalisation, the probability is the item's share of popularity.
 */
export function scoreUser(
    model: Model,
    history: readonly number[],
    context: Readonly<Record<string, string>> = {},
): Float64Array {
    const scores = isPersonal(model, history)
        ? toProbabilities(affinities(model, history), model.gain)
        : normalise(model.popularity.slice());
    const { boost, contexts } = model;
    if (!boost && !contexts) return scores;
    if (boost)
        for (let item = 0; item < scores.length; item++)
            scores[item] = (scores[item] as number) * (boost[item] as number);
    if (contexts) applyContext(scores, contexts, context);
    return normalise(scores);
}

/**
 * Returns scores in the order of scoreUser's probabilities, for lists without probabilities. It is faster, because it
 * does not compute a power for each item.
 */
export function rankUser(model: Model, history: readonly number[]): Float64Array {
    if (model.boost) return scoreUser(model, history);
    return isPersonal(model, history) ? affinities(model, history) : model.popularity;
}

/**
 * Checks whether a model's scores depend on the user's history. Only such scores are raised to the power of the gain.
 */
export const isPersonal = (model: Model, history: readonly number[]) => history.length > 0 && model.weights.length > 0;

/**
 * Reduces the probabilities of watched items by one factor, and scales all probabilities to a sum of 1. Returns new
 * scores. The factor is WATCHED_PART to the power of the model's gain, so the order of the list does not depend on the
 * gain.
 */
export function discountWatched(scores: Float64Array, watched: readonly number[], gain: number): Float64Array {
    if (watched.length === 0) return scores;
    const discounted = scores.slice();
    for (const item of watched) discounted[item] = (scores[item] as number) * WATCHED_PART ** gain;
    return normalise(discounted);
}

/**
 * Returns each item's affinity to a history: the sum of the weights with which the items of the history suggest it,
 * reduced by the age of their events.
 */
export function affinities(model: Model, history: readonly number[]): Float64Array {
    const { neighbours, itemIds } = model;
    const dense = model.dense ?? itemIds.length;
    const scores = new Float64Array(itemIds.length);
    const rows: number[] = [];
    const factors: number[] = [];
    eachRecent(model, history, (item, recency) => {
        if (item < dense) {
            rows.push(item);
            factors.push(recency);
        }
        if (!neighbours) return;
        eachEntry(neighbours, item, (other, value) => {
            scores[other] = (scores[other] as number) + recency * value;
        });
    });
    if (rows.length === 0 || model.weights.length === 0) return scores;
    const sums = rowSumsOf(model.weights)(rows, factors);
    for (let item = 0; item < dense; item++) scores[item] = (scores[item] as number) + (sums[item] as number);
    return scores;
}

/**
 * Calls the callback with each of the newest 500 items of a history and its weight: 1 for the newest item, less for
 * older items.
 */
export function eachRecent(
    { equalEvents }: Pick<Model, "equalEvents">,
    history: readonly number[],
    take: (item: number, recency: number) => void,
): void {
    const newest = history.length - 1;
    for (let position = Math.max(0, history.length - LONGEST_HISTORY); position <= newest; position++) {
        const recency = equalEvents
            ? 1
            : RECENCY_FLOOR + (1 - RECENCY_FLOOR) * 2 ** ((position - newest) / RECENCY_HALVING);
        take(history[position] as number, recency);
    }
}

/** Converts scores into probabilities: the softmax of gain · log(positive(score)). Overwrites and returns `scores`. */
export function toProbabilities(scores: Float64Array, gain: number): Float64Array {
    for (let item = 0; item < scores.length; item++) scores[item] = positive(scores[item] as number) ** gain;
    return normalise(scores);
}

/**
 * Returns the score if it is at least LEAST_SCORE; otherwise a positive number below LEAST_SCORE that increases with
 * the score.
 */
export function positive(score: number): number {
    return score >= LEAST_SCORE ? score : LEAST_SCORE / (2 - score / LEAST_SCORE);
}

/**
 * Returns the `count` items with the highest scores, best first; equal ones by number. Omits the items in `excluded`.
 */
export function topItems(scores: Float64Array, count: number, excluded: ReadonlySet<number> = new Set()): number[] {
    const passing = new Uint8Array(scores.length).fill(1);
    for (const item of excluded) passing[item] = 0;
    return bestItems(scores, count, passing);
}

/**
 * Returns the `count` passing items with the highest scores, best first; equal ones by number. `passing` is 1 for a
 * passing item.
 */
export function bestItems(scores: Float64Array, count: number, passing?: Uint8Array): number[] {
    const candidates = new Uint32Array(scores.length);
    let kept = 0;
    for (let item = 0; item < scores.length; item++) {
        if (passing === undefined || passing[item] === 1) candidates[kept++] = item;
    }
    return largest(scores, candidates.subarray(0, kept), count);
}

/** Divides the scores by their sum. Overwrites and returns them. */
function normalise(scores: Float64Array): Float64Array {
    let sum = 0;
    for (let item = 0; item < scores.length; item++) sum += scores[item] as number;
    for (let item = 0; item < scores.length; item++) scores[item] = (scores[item] as number) / sum;
    return scores;
}
