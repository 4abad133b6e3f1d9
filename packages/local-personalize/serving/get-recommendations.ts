import type { Call } from "../control/resources.ts";
import { invalidInput, notEmulated } from "../errors.ts";
import type { Streams } from "../events/streams.ts";
import { constraintFailure } from "../wire/validate.ts";
import type { Trained } from "./campaign-models.ts";
import type { Filters } from "./filters.ts";
import { itemNumbers, type Recommendation, recommend, requireUser } from "./recommend.ts";

export interface RecommendInput {
    campaignArn?: string;
    recommenderArn?: string;
    userId?: string;
    numResults?: number;
    filterArn?: string;
    filterValues?: Record<string, string>;
    promotions?: unknown[];
    metadataColumns?: object;
}

/** The user of a list, its maximal length, and its filter. */
export interface ListWish {
    userId?: string | undefined;
    count: number;
    filterArn?: string | undefined;
    filterValues?: Record<string, string> | undefined;
}

/** This recipe orders given items, and recommends none. */
export const rankingRecipe = "aws-personalized-ranking";

const defaultCount = 25;
const largestCount = 500;

/** Throws for invalid calls, and for features that are not emulated. Returns the campaign and the parsed request. */
export function checkRecommendInput(input: RecommendInput): { campaignArn: string; wish: ListWish } {
    const { campaignArn, userId, filterArn, filterValues } = input;
    if (input.recommenderArn) throw notEmulated("A recommender");
    if (input.promotions?.length) throw notEmulated("A promotion");
    if (input.metadataColumns) throw notEmulated("Metadata in recommendations");
    if (campaignArn === undefined) throw invalidInput("A campaignArn is required.");
    if (filterArn === undefined && filterValues && Object.keys(filterValues).length > 0) {
        throw invalidInput("filterValues are for a filter: give its filterArn too.");
    }
    return { campaignArn, wish: { userId, count: checkCount(input.numResults), filterArn, filterValues } };
}

/** The number of results of a call: 25 by default, 500 at most. Throws InvalidInputException. */
export function checkCount(numResults = 0): number {
    if (numResults > largestCount || numResults < 0) {
        const constraint =
            numResults < 0
                ? "Member must have value greater than or equal to 0"
                : `Member must have value less than or equal to ${largestCount}`;
        throw invalidInput(`1 validation error detected: ${constraintFailure(numResults, "numResults", constraint)}`);
    }
    return numResults === 0 ? defaultCount : numResults;
}

/** The list of recommendations for a user, from the user's history and the events since the training, filtered. */
export function listFor(
    call: Call,
    trained: Trained,
    wish: ListWish,
    { filters, streams }: { filters: Filters; streams: Streams },
): Recommendation[] {
    const { userId, count, filterArn, filterValues } = wish;
    const { recipeName } = trained.model;
    if (recipeName === rankingRecipe) {
        throw invalidInput(`The recipe ${recipeName} orders given items: use GetPersonalizedRanking.`);
    }
    requireUser(trained.model, userId);
    const history = historyOf(trained, userId ?? "", streams);
    const passing = filterArn === undefined ? undefined : filters.apply(call, trained, filterArn, filterValues, userId);
    return recommend(trained.model, { history, passing }, count);
}

/** Item numbers, oldest first: those of the training, then later streamed events. */
export function historyOf(
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
