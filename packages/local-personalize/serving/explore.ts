import { createHash } from "node:crypto";
import { invalidInput } from "../errors.ts";
import type { Model } from "../model/model.ts";

/** A campaign's `itemExplorationConfig`. */
export interface Exploration {
    /** Weight of exploration, from 0 to 1. */
    weight: number;
    /** Maximum age of explored items in days, at the time of the latest interaction. */
    ageCutOff: number;
}

/** The exploration of a user's list. */
export interface UserExploration extends Exploration {
    userId: string;
    /** How often each item was shown to users who did not interact with it. */
    ignored?: ReadonlyMap<string, number> | undefined;
}

const defaults = { explorationWeight: "0.3", explorationItemAgeCutOff: "30" };

/** Share of a list for exploration at weight 1: a guess. AWS documents only that a larger weight explores more. */
const LARGEST_SHARE = 0.2;

/**
 * Throws InvalidInputException for an `itemExplorationConfig` of a recipe without configurable exploration, and for
 * unknown keys and invalid values.
 */
export function checkExploration(
    { itemExplorationConfig }: { itemExplorationConfig?: Record<string, string> } = {},
    recipeArn: string,
): void {
    if (itemExplorationConfig === undefined) return;
    if (!recipeArn.endsWith("/aws-user-personalization")) {
        throw invalidInput(`An itemExplorationConfig is only for aws-user-personalization, not for ${recipeArn}.`);
    }
    for (const [key, value] of Object.entries(itemExplorationConfig)) {
        if (!Object.hasOwn(defaults, key)) {
            throw invalidInput(`itemExplorationConfig has no ${key}; it has: ${Object.keys(defaults).join(", ")}.`);
        }
        const most = key === "explorationWeight" ? 1 : Number.POSITIVE_INFINITY;
        const number = Number(value || Number.NaN);
        if (!(number >= 0 && number <= most)) throw invalidInput(`${key} cannot be ${value}.`);
    }
}

/** Returns the exploration of a campaign or job; undefined without a configuration, or with the weight 0. */
export function toExploration(config: Record<string, string> | undefined): Exploration | undefined {
    if (config === undefined) return undefined;
    const { explorationWeight, explorationItemAgeCutOff } = { ...defaults, ...config };
    const weight = Number(explorationWeight);
    return weight > 0 ? { weight, ageCutOff: Number(explorationItemAgeCutOff) } : undefined;
}

/** Exploration of aws-user-personalization-v2, which explores automatically. Its weight cannot be configured. */
export const explorationOfV2: Exploration = { weight: 0.3, ageCutOff: 30 };

/**
 * Chooses the new items that a list of `length` explores, by their relevance for the user and by chance. The choice for
 * a user stays the same until the user's next event.
 */
export function exploredItems(
    model: Model,
    scores: Float64Array,
    wish: UserExploration & { history: readonly number[]; passing?: Uint8Array | undefined },
    length: number,
): number[] {
    const count = Math.round(wish.weight * LARGEST_SHARE * length);
    if (count === 0) return [];
    const historyItems = new Set(wish.history);
    const candidates = (model.fresh ?? []).filter(
        ({ item, ageDays }) =>
            ageDays <= wish.ageCutOff &&
            !historyItems.has(item) &&
            (wish.passing === undefined || wish.passing[item] === 1),
    );
    const drawn = candidates.map(({ item }) => {
        const itemId = model.itemIds[item] ?? "";
        // An item that users often ignored is rarely explored again.
        const interest = 1 / (1 + (wish.ignored?.get(itemId) ?? 0));
        return {
            item,
            rank: interest * (scores[item] ?? 0) * chance(`${wish.userId}\n${wish.history.length}\n${itemId}`),
        };
    });
    return drawn
        .sort((a, b) => b.rank - a.rank || a.item - b.item)
        .slice(0, count)
        .map(({ item }) => item);
}

/** Returns a pseudo-random number from 0 to 1; equal texts give equal numbers. */
const chance = (text: string) => createHash("sha256").update(text).digest().readUInt32BE(0) / 2 ** 32;
