import { hash, randomUUID } from "node:crypto";
import { recipeTypeOf } from "../control/recipes.ts";
import { invalidInput } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { relatedScores } from "../model/related.ts";
import { bestItems, discountWatched, scoreUser } from "../model/score.ts";
import { exploredItems, type UserExploration } from "./explore.ts";

const numbersByModel = new WeakMap<Model, Map<string, number>>();

/** Returns the numbers of a model's items by their ids; built at the first use. */
export function itemNumbers(model: Model): Map<string, number> {
    const numbers = numbersByModel.get(model) ?? new Map(model.itemIds.map((itemId, number) => [itemId, number]));
    numbersByModel.set(model, numbers);
    return numbers;
}

/** The user's history, and the filter, exploration and context of the request. */
interface Audience {
    /** Numbers of the items in the user's history, oldest first. */
    history: readonly number[];
    /** By item number, 1 if the filter lets the item pass; undefined: all items pass. */
    passing?: Uint8Array | undefined;
    exploration?: UserExploration | undefined;
    /** The context of the request, by column of the interactions. */
    context?: Record<string, string> | undefined;
}

export interface Recommendation {
    itemId: string;
    /** Score of the item; absent for recipes of popular and related items. */
    score?: number;
    /** Why aws-user-personalization-v2 added the item: Exploration or Popular item. */
    reason?: string[];
    /** Name of the promotion that shows the item. */
    promotionName?: string;
}

/** Checks whether the model's answers depend on the user. */
const isPersonal = (model: Model) => recipeTypeOf(model.recipeName) !== "POPULAR_ITEMS";

/** aws-user-personalization-v2 gives scores only to this many of the best items. The number is a guess. */
const mostScoredV2 = 500;

/**
 * Returns the items that a model recommends, best first: fewer than `count` if fewer pass the filter. The scores of all
 * items of the catalog sum to 1 before the filter is applied. The list may contain items of the history with reduced
 * scores; only a filter hides them. Without a history, the list has the popular items, as aws-popularity-count gives to
 * every user. Recipes of version 2 score the best items only, and fill a filtered list with popular items.
 */
export function recommend(model: Model, audience: Audience, count: number): Recommendation[] {
    const { history, passing, exploration, context } = audience;
    const personal = isPersonal(model);
    const isV2 = model.recipeName.endsWith("-v2");
    const watched = personal ? history : [];
    const scores = discountWatched(scoreUser(model, watched, context), watched, model.gain);
    const best = isV2 ? bestItems(scores, mostScoredV2) : bestItems(scores, count, passing);
    const list = best.filter((item) => passing === undefined || passing[item] === 1).slice(0, count);
    if (!personal) return list.map((item) => ({ itemId: model.itemIds[item] ?? "" }));
    const total = isV2 ? best.reduce((sum, item) => sum + (scores[item] ?? 0), 0) : 1;
    const scored = (item: number): Recommendation => ({
        itemId: model.itemIds[item] ?? "",
        score: Number(((scores[item] ?? 0) / total).toFixed(7)),
    });
    const explored = exploration ? exploredItems(model, scores, { ...exploration, history, passing }, list.length) : [];
    const shown = withExplored(list, explored).map((item) =>
        isV2 && explored.includes(item) ? { ...scored(item), reason: ["Exploration"] } : scored(item),
    );
    return isV2 && passing ? filled(model, shown, passing, count) : shown;
}

/** Replaces the last items of a list by explored items, which it places at equal distances in the list. */
function withExplored(list: readonly number[], explored: readonly number[]): number[] {
    const fresh = explored.filter((item) => !list.includes(item));
    const kept = list.slice(0, list.length - fresh.length);
    const distance = Math.floor(list.length / (fresh.length + 1));
    for (const [index, item] of fresh.entries()) kept.splice((index + 1) * distance, 0, item);
    return kept;
}

/** Fills a list of aws-user-personalization-v2 with popular items that pass the filter. They have no score. */
function filled(model: Model, list: Recommendation[], passing: Uint8Array, count: number): Recommendation[] {
    if (list.length >= count) return list;
    const shown = new Set(list.map(({ itemId }) => itemId));
    const popular = bestItems(model.popularity, count + list.length, passing).map((item) => model.itemIds[item] ?? "");
    const added = popular.filter((itemId) => !shown.has(itemId)).slice(0, count - list.length);
    return [...list, ...added.map((itemId) => ({ itemId, reason: ["Popular item"] }))];
}

/**
 * Returns the items most similar to an item, without that item, followed by popular items. Returns popular items for an
 * unknown item.
 */
export function recommendRelated(
    model: Model,
    itemId: string,
    passing: Uint8Array | undefined,
    count: number,
): Recommendation[] {
    const item = itemNumbers(model).get(itemId);
    const best = bestItems(relatedScores(model, item), count + 1, passing).filter((other) => other !== item);
    return best.slice(0, count).map((other) => ({ itemId: model.itemIds[other] ?? "" }));
}

/** Returns rising items, then popular ones. With a filter, items that were added after the training are omitted. */
export function recommendTrending(
    model: Model,
    rising: readonly string[],
    passing: Uint8Array | undefined,
    count: number,
): Recommendation[] {
    const numbers = itemNumbers(model);
    const first = rising.filter((itemId) => passing === undefined || passing[numbers.get(itemId) ?? -1] === 1);
    const popular = bestItems(model.popularity, count + first.length, passing).map((item) => model.itemIds[item] ?? "");
    return [...new Set([...first, ...popular])].slice(0, count).map((itemId) => ({ itemId }));
}

/** Throws InvalidInputException if a model that needs a user is called without one. */
export function requireUser(model: Model, userId: string | undefined): void {
    if (userId !== undefined || !isPersonal(model)) return;
    throw invalidInput(`A userId is required for the recipe ${model.recipeName}.`);
}

/**
 * Returns a recommendation ID in the service's newer format of 40 characters. Its last part identifies the campaign or
 * recommender.
 */
export function recommendationId(campaignArn: string): string {
    // randomUUID is fast, because Node.js caches random bytes. Use only the parts of the UUID that have no fixed
    // digits.
    const uuid = randomUUID();
    const parts = [uuid.slice(0, 2), uuid.slice(2, 6), uuid.slice(9, 13), uuid.slice(24)];
    return `RID-${parts.join("-")}-${recommendationMark(campaignArn)}`;
}

/** Returns the last part of the recommendation IDs of a campaign or recommender. */
export const recommendationMark = (arn: string) => `CID-${hash("sha256", arn).slice(0, 6)}`;
