import { recipeTypeOf } from "../control/recipes.ts";
import type { Call } from "../control/resources.ts";
import { invalidInput } from "../errors.ts";
import type { Streams } from "../events/streams.ts";
import { scoreUser } from "../model/score.ts";
import type { Trained } from "./campaign-models.ts";
import type { Filters } from "./filters.ts";
import { checkContext, collectHistory } from "./get-recommendations.ts";
import type { MetadataColumns } from "./metadata.ts";
import { itemNumbers, type Recommendation } from "./recommend.ts";

export interface RankingInput {
    campaignArn: string;
    userId: string;
    inputList: string[];
    filterArn?: string;
    filterValues?: Record<string, string>;
    metadataColumns?: MetadataColumns;
    context?: Record<string, string>;
}

const longestList = 500;

/**
 * Orders given items for a user, by the model for recommendations. Scores cover only the given items and sum to 1. An
 * item that was not in the training comes last, with the score 0, or without a score in version 2. Omits items that do
 * not pass the filter. Throws InvalidInputException for a campaign of another recipe.
 */
export function rankItems(
    call: Call,
    trained: Trained,
    input: Omit<RankingInput, "campaignArn" | "metadataColumns">,
    { filters, streams }: { filters: Filters; streams: Streams },
): Recommendation[] {
    const { userId, inputList, filterArn, filterValues } = input;
    const { model } = trained;
    if (recipeTypeOf(model.recipeName) !== "PERSONALIZED_RANKING") {
        throw invalidInput(
            `The recipe ${model.recipeName} does not order given items; ranking needs aws-personalized-ranking.`,
        );
    }
    if (inputList.length > longestList) throw invalidInput(`The inputList has more than ${longestList} items.`);
    checkContext(trained, input.context);
    const scores = scoreUser(model, collectHistory(trained, userId, streams), input.context);
    const numbers = itemNumbers(model);
    const passing = filterArn && filters.apply(call, trained, filterArn, filterValues, { userId });
    const given = [...new Set(inputList)]
        .map((itemId) => ({ itemId, number: numbers.get(itemId) }))
        .filter(({ number }) => !passing || (number !== undefined && passing[number] === 1))
        .map(({ itemId, number }) => ({ itemId, number, score: scores[number ?? -1] ?? 0 }));
    const together = given.reduce((sum, { score }) => sum + score, 0);
    return given
        .toSorted((a, b) => b.score - a.score)
        .map(({ itemId, score, number }) =>
            number === undefined && model.recipeName.endsWith("-v2")
                ? { itemId }
                : { itemId, score: together > 0 ? Number((score / together).toFixed(7)) : 0 },
        );
}
