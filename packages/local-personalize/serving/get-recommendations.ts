import { recipeTypeOf } from "../control/recipes.ts";
import type { Call } from "../control/resources.ts";
import { invalidInput } from "../errors.ts";
import type { Streams } from "../events/streams.ts";
import { constraintFailure } from "../wire/validate.ts";
import type { TargetKind, Trained } from "./campaign-models.ts";
import type { DatasetContents } from "./dataset-contents.ts";
import { type Exploration, explorationOfV2 } from "./explore.ts";
import type { Filters } from "./filters.ts";
import type { MetadataColumns } from "./metadata.ts";
import {
    itemNumbers,
    type Recommendation,
    recommend,
    recommendRelated,
    recommendTrending,
    requireUser,
} from "./recommend.ts";

export interface RecommendInput {
    campaignArn?: string;
    recommenderArn?: string;
    userId?: string;
    itemId?: string;
    numResults?: number;
    filterArn?: string;
    filterValues?: Record<string, string>;
    context?: Record<string, string>;
    promotions?: Promotion[];
    metadataColumns?: MetadataColumns;
}

/** A promotion: a share of the list for items that pass the promotion's own filter. */
interface Promotion {
    name?: string;
    percentPromotedItems?: number;
    filterArn?: string;
    filterValues?: Record<string, string>;
}

/** The user or item of a list, the maximum length of the list, and its filter. */
export interface ListWish {
    userId?: string | undefined;
    itemId?: string | undefined;
    count: number;
    filterArn?: string | undefined;
    filterValues?: Record<string, string> | undefined;
    exploration?: Exploration | undefined;
    context?: Record<string, string> | undefined;
}

/** The data from which a list is made, in addition to the model. */
export interface ListSources {
    filters: Filters;
    streams: Streams;
    contents: DatasetContents;
}

const defaultCount = 25;
const largestCount = 500;

/**
 * Throws for invalid calls, and for features that are not emulated. Returns the ARN and kind of the campaign or
 * recommender, and the parsed request.
 */
export function checkRecommendInput(input: RecommendInput): { arn: string; kind: TargetKind; wish: ListWish } {
    const { campaignArn, recommenderArn, userId, itemId, filterArn, filterValues } = input;
    const arn = campaignArn ?? recommenderArn;
    if (arn === undefined) throw invalidInput("A campaignArn or a recommenderArn is required.");
    if (campaignArn && recommenderArn) throw invalidInput("Give a campaignArn or a recommenderArn, and not both.");
    if (filterArn === undefined && filterValues && Object.keys(filterValues).length > 0) {
        throw invalidInput("filterValues are for a filter: give its filterArn too.");
    }
    const { context, numResults } = input;
    const kind = campaignArn ? "campaign" : "recommender";
    return { arn, kind, wish: { userId, itemId, count: checkCount(numResults), filterArn, filterValues, context } };
}

/** Returns the number of results of a call: 25 by default, 500 at most. Throws InvalidInputException. */
export function checkCount(numResults = 0): number {
    if (numResults > largestCount || numResults < 0) {
        const bound = numResults < 0 ? "greater than or equal to 0" : `less than or equal to ${largestCount}`;
        const failed = constraintFailure(numResults, "numResults", `Member must have value ${bound}`);
        throw invalidInput(`1 validation error detected: ${failed}`);
    }
    return numResults === 0 ? defaultCount : numResults;
}

/**
 * Returns the filtered list of recommendations, by the type of the model's recipe. It is for a user, for an item, or
 * for every user. A user's events since the training count.
 */
export function listFor(call: Call, trained: Trained, wish: ListWish, sources: ListSources): Recommendation[] {
    const { userId, itemId, count, filterArn, filterValues } = wish;
    const { model, interactions, trendInterval, useCase } = trained;
    const { recipeName } = model;
    if (useCase && !useCase.withoutUser && userId === undefined)
        throw invalidInput("A userId is required for this use case.");
    const type = recipeTypeOf(recipeName);
    if (type === "PERSONALIZED_RANKING") {
        throw invalidInput(`The recipe ${recipeName} orders given items: use GetPersonalizedRanking.`);
    }
    const subject = { userId, itemId: type === "RELATED_ITEMS" ? itemId : undefined };
    const filtered = filterArn ? sources.filters.apply(call, trained, filterArn, filterValues, subject) : undefined;
    checkContext(trained, wish.context);
    const passing = withoutHidden(call, trained, userId ?? "", filtered, sources.contents);
    if (type === "RELATED_ITEMS") {
        if (itemId === undefined) throw invalidInput(`An itemId is required for the recipe ${recipeName}.`);
        return recommendRelated(model, itemId, passing, count);
    }
    if (trendInterval !== undefined) {
        const rising = interactions === undefined ? [] : sources.contents.rising(interactions, trendInterval, call.now);
        return recommendTrending(model, rising, passing, count);
    }
    requireUser(model, userId);
    const history = collectHistory(trained, userId ?? "", sources.streams);
    const explore = recipeName === "aws-user-personalization-v2" ? explorationOfV2 : wish.exploration;
    const ignored = interactions === undefined ? undefined : sources.streams.ignored(interactions);
    const exploration = explore && { ...explore, userId: userId ?? "", ignored };
    const list = recommend(model, { history, passing, exploration, context: wish.context }, count);
    // Recommenders of domains return no scores.
    return useCase ? list.map((item) => ({ itemId: item.itemId })) : list;
}

/**
 * Throws InvalidInputException for a context of a recipe that is not personalised, and for a key that is not a column
 * of the interactions that the model was trained on.
 */
export function checkContext({ model, contextColumns }: Trained, context: Record<string, string> = {}): void {
    const keys = Object.keys(context);
    if (keys.length === 0) return;
    if (!/USER_PERSONALIZATION|PERSONALIZED_RANKING/.test(recipeTypeOf(model.recipeName))) {
        throw invalidInput(`The recipe ${model.recipeName} does not use a context.`);
    }
    const unknown = keys.find((key) => !contextColumns.includes(key));
    if (unknown === undefined) return;
    const all = contextColumns.join(", ") || "none";
    throw invalidInput(
        `The context ${unknown} is not a column of interactions that the model is trained on; it has: ${all}.`,
    );
}

/**
 * Recipes of solutions that support promotions (Developer Guide, "Promoting items"). All use cases support promotions.
 */
const withPromotions =
    /^aws-(user-personalization|user-personalization-v2|similar-items|sims|trending-now|popularity-count)$/;

/**
 * Returns the list with promoted items: the best items that pass the promotion's filter, in their order, at random
 * places of the list. The filter of the request does not apply to promoted items. Throws InvalidInputException for an
 * incomplete promotion.
 */
export function withPromotion(
    call: Call,
    trained: Trained,
    wish: ListWish,
    [promotion]: readonly Promotion[] = [],
    sources: ListSources,
): Recommendation[] {
    const list = listFor(call, trained, wish, sources);
    if (!promotion) return list;
    const { name, percentPromotedItems, filterArn, filterValues } = promotion;
    const { recipeName } = trained.model;
    if (!withPromotions.test(recipeName)) throw invalidInput(`The recipe ${recipeName} does not support promotions.`);
    if (!name || !percentPromotedItems || !filterArn) {
        throw invalidInput("A promotion needs a name, percentPromotedItems and a filterArn.");
    }
    const count = Math.round((wish.count * percentPromotedItems) / 100);
    const best = listFor(call, trained, { ...wish, exploration: undefined, filterArn, filterValues }, sources);
    const reason = recipeName.endsWith("-v2") ? { reason: ["Promoted item"] } : {};
    const promoted = best.slice(0, count).map((item) => ({ ...item, promotionName: name, ...reason }));
    const isPromoted = new Set(promoted.map(({ itemId }) => itemId));
    const others = list.filter(({ itemId }) => !isPromoted.has(itemId)).slice(0, wish.count - promoted.length);
    // Choose random places for the promoted items; both groups keep their order.
    const places = [...promoted.map(() => promoted), ...others.map(() => others)].map((from) => ({
        from,
        draw: Math.random(),
    }));
    return places.sort((a, b) => a.draw - b.draw).flatMap(({ from }) => from.shift() ?? []);
}

/** Returns the passing items without those that a domain use case excludes for the user. */
function withoutHidden(
    { now }: Call,
    { model, interactions, useCase }: Trained,
    userId: string,
    passing: Uint8Array | undefined,
    contents: DatasetContents,
): Uint8Array | undefined {
    const hidden = useCase?.hides?.toLowerCase();
    if (hidden === undefined) return passing;
    const numbers = itemNumbers(model);
    const left = passing ?? new Uint8Array(model.itemIds.length).fill(1);
    for (const { itemId, eventType } of contents.latestEvents(interactions, userId, now)) {
        const item = numbers.get(itemId);
        if (item !== undefined && eventType === hidden) left[item] = 0;
    }
    return left;
}

/**
 * Returns the item numbers of a user's history, oldest first: the events of the training, then later streamed events.
 */
export function collectHistory(
    { model, interactions, weightOf }: Trained,
    userId: string,
    streams: Streams,
): readonly number[] {
    const trainedOn = model.histories.get(userId) ?? [];
    const later = interactions === undefined ? [] : streams.ofUser(interactions, userId, model.lastEvent);
    if (later.length === 0) return trainedOn;
    const numbers = itemNumbers(model);
    const counted = later.filter(
        ({ eventType, eventValue }) => weightOf(eventType, eventValue ?? Number.NaN) !== undefined,
    );
    return [...trainedOn, ...counted.flatMap(({ itemId }) => numbers.get(itemId) ?? [])];
}
