import { type Columns, countRows } from "../../../data-prep/columns.ts";
import type { Recommendation } from "./recommendations.ts";

export interface Explanation {
    /** Number of the user's interactions. */
    readonly historyLength: number;
    /** Share of all users with a shorter history, 0 to 1. */
    readonly longerThan: number;
    /** The first item's share of all scores in the list, 0 to 1; null if the recipe returns no scores. */
    readonly sharpness: number | null;
    /**
     * Share of the compared users whose list has a lower `sharpness`: its first item has a smaller share of all scores.
     * 0 to 1.
     */
    readonly sharperThan: number | null;
    /** The number of items in the list that are also popular items. */
    readonly popularItems: number;
    readonly verdict: "unknown user" | "sparse" | "mixed" | "confident";
    readonly sentence: string;
}

/** Number of interactions below which a user's history counts as sparse. */
const sparseHistory = 25;

/**
 * Explains a list by the user's number of interactions and the list's popular items, and compares the sharpness of its
 * scores with other users' lists.
 */
export function explain(
    interactions: Pick<Columns, "userIds" | "users" | "itemIds" | "items">,
    userId: string,
    list: readonly Recommendation[],
    others: readonly (readonly Recommendation[])[],
): Explanation {
    const lengths = historyLengths(interactions);
    const historyLength = lengths.get(userId) ?? 0;
    const longerThan = shareBelow([...lengths.values()], historyLength);
    const sharpness = sharpnessOf(list);
    const compared = others.map(sharpnessOf).filter((value) => value !== null);
    const sharperThan = sharpness === null || compared.length === 0 ? null : shareBelow(compared, sharpness);
    const popular = mostPopular(interactions, list.length);
    const popularItems = list.filter(({ itemId }) => popular.has(itemId)).length;
    const verdict =
        historyLength === 0
            ? "unknown user"
            : historyLength < sparseHistory
              ? "sparse"
              : (sharperThan ?? 0) >= 0.5 && popularItems * 2 <= list.length
                ? "confident"
                : "mixed";
    const parts = { historyLength, longerThan, sharpness, sharperThan, popularItems, verdict } as const;
    return { ...parts, sentence: sentence(parts, userId, list.length) };
}

function sentence(parts: Omit<Explanation, "sentence">, userId: string, length: number): string {
    const popular = `${parts.popularItems} of the ${length} items are among the ${length} with the most interactions.`;
    if (parts.verdict === "unknown user") {
        return `User ${userId} has no interactions in the data, so the list is that of every unknown user. ${popular}`;
    }
    const percent = (share: number) => `${Math.round(share * 100)} %`;
    const sharp =
        parts.sharperThan === null
            ? ""
            : `The first item has a larger share of all scores than in ${percent(parts.sharperThan)} of the compared lists. `;
    return (
        `User ${userId} has ${parts.historyLength} interactions; ${percent(parts.longerThan)} of all users have fewer. ` +
        `${sharp}${popular} Result: ${parts.verdict}.`
    );
}

function historyLengths({ userIds, users }: Pick<Columns, "userIds" | "users">): Map<string, number> {
    const counts = countRows(users, userIds.length);
    return new Map(userIds.map((id, index) => [id, counts[index] ?? 0]));
}

function mostPopular({ itemIds, items }: Pick<Columns, "itemIds" | "items">, howMany: number): Set<string> {
    const counts = countRows(items, itemIds.length);
    const order = itemIds.map((id, index) => ({ id, count: counts[index] ?? 0 })).sort((a, b) => b.count - a.count);
    return new Set(order.slice(0, howMany).map(({ id }) => id));
}

function sharpnessOf(list: readonly Recommendation[]): number | null {
    const scores = list.map(({ score }) => score ?? 0);
    const sum = scores.reduce((total, score) => total + score, 0);
    return sum > 0 ? (scores[0] ?? 0) / sum : null;
}

function shareBelow(values: readonly number[], value: number): number {
    return values.length === 0 ? 0 : values.filter((other) => other < value).length / values.length;
}
