import { createHash, randomBytes } from "node:crypto";
import { invalidInput, notEmulated, ServiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { scoreUser } from "../model/score.ts";
import { constraintFailure } from "../wire/validate.ts";

export interface RecommendInput {
    campaignArn?: string;
    recommenderArn?: string;
    userId?: string;
    numResults?: number;
    filterArn?: string;
    promotions?: unknown[];
    metadataColumns?: object;
}

const defaultCount = 25;
const largestCount = 500;

/** Throws for what a call may not ask, and for what the emulator does not do. Returns the campaign and the count. */
export function checkRecommendInput(input: RecommendInput): { campaignArn: string; count: number } {
    const { campaignArn, numResults = 0 } = input;
    if (input.recommenderArn) throw notEmulated("A recommender");
    if (input.filterArn) throw notEmulated("A filter");
    if (input.promotions?.length) throw notEmulated("A promotion");
    if (input.metadataColumns) throw notEmulated("Metadata in recommendations");
    if (campaignArn === undefined) throw invalidInput("A campaignArn is required.");
    if (numResults > largestCount) {
        const constraint = `Member must have value less than or equal to ${largestCount}`;
        throw invalidInput(`1 validation error detected: ${constraintFailure(numResults, "numResults", constraint)}`);
    }
    return { campaignArn, count: numResults === 0 ? defaultCount : numResults };
}

/**
 * The items that a campaign recommends to a user, best first. Scores are over the whole catalogue and sum to 1 there;
 * items of the user's history are then left out. A user whom the model does not know gets what is popular, and so does
 * everybody from aws-popularity-count, whose answers have no scores. Throws InvalidInputException without a user.
 */
export function recommend(
    model: Model,
    userId: string | undefined,
    count: number,
): { itemId: string; score?: number }[] {
    const popular = model.recipeName === "aws-popularity-count";
    if (userId === undefined && !popular)
        throw invalidInput(`A userId is required for the recipe ${model.recipeName}.`);
    const history = popular ? [] : (model.histories.get(userId ?? "") ?? []);
    const scores = scoreUser(model, history);
    const seen = new Set(history);
    const unseen = Uint32Array.from(scores.keys()).filter((item) => !seen.has(item));
    unseen.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    return Array.from(unseen.subarray(0, count), (item) => {
        const itemId = model.itemIds[item] ?? "";
        return popular ? { itemId } : { itemId, score: Number((scores[item] ?? 0).toFixed(7)) };
    });
}

/** An id in the service's newer form, 40 characters; its last part is the campaign's. */
export function recommendationId(campaignArn: string): string {
    const hex = randomBytes(12).toString("hex").slice(0, 22);
    const parts = [hex.slice(0, 2), hex.slice(2, 6), hex.slice(6, 10), hex.slice(10, 22)];
    const campaign = createHash("sha256").update(campaignArn).digest("hex").slice(0, 6);
    return `RID-${parts.join("-")}-CID-${campaign}`;
}

export const unknownCampaign = (arn: string) =>
    new ServiceError("ResourceNotFoundException", `The given campaign does not exist: ${arn}`, 404);
