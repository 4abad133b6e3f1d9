import { createHash, randomBytes } from "node:crypto";
import { invalidInput, ServiceError } from "../errors.ts";
import type { Model } from "../model/model.ts";
import { discountWatched, scoreUser } from "../model/score.ts";

const known = new WeakMap<Model, Map<string, number>>();

/** The numbers of a model's items by their ids; built at the first use. */
export function itemNumbers(model: Model): Map<string, number> {
    const numbers = known.get(model) ?? new Map(model.itemIds.map((itemId, number) => [itemId, number]));
    known.set(model, numbers);
    return numbers;
}

/** The user and the limits of a recommendation. */
interface Audience {
    /** Item numbers, oldest first. */
    history: readonly number[];
    /** The items that a filter lets pass, by their number: 1. Undefined: all. */
    passing?: Uint8Array | undefined;
}

export interface Recommendation {
    itemId: string;
    /** Absent in aws-popularity-count. */
    score?: number;
}

const popularity = "aws-popularity-count";

/** Whether the model's answers depend on the user. */
const isPersonal = (model: Model) => model.recipeName !== popularity;

/**
 * The items that a model recommends, best first: fewer than `count` if fewer pass. Scores are over the whole catalogue
 * and sum to 1 there; filtered items are left out afterwards. Items of the history may be in the list, discounted: only
 * a filter hides them. Without a history, the list has the popular items, as aws-popularity-count gives to every user.
 */
export function recommend(model: Model, { history, passing }: Audience, count: number): Recommendation[] {
    const personal = isPersonal(model);
    const watched = personal ? history : [];
    const scores = discountWatched(scoreUser(model, watched), watched);
    const candidates = Uint32Array.from(scores.keys()).filter((item) => passing === undefined || passing[item] === 1);
    candidates.sort((a, b) => (scores[b] ?? 0) - (scores[a] ?? 0) || a - b);
    return Array.from(candidates.subarray(0, count), (item) => {
        const itemId = model.itemIds[item] ?? "";
        return personal ? { itemId, score: Number((scores[item] ?? 0).toFixed(7)) } : { itemId };
    });
}

/** Throws InvalidInputException when a model that needs a user is called without one. */
export function requireUser(model: Model, userId: string | undefined): void {
    if (userId !== undefined || !isPersonal(model)) return;
    throw invalidInput(`A userId is required for the recipe ${model.recipeName}.`);
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
