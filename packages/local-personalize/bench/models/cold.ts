import type { CatalogueItem } from "../../model/catalogue.ts";
import { scoreUser } from "../../model/score.ts";
import { fitModel } from "../../model/train.ts";
import { createFolds } from "./folds.ts";
import { rowsWhere, type Trials } from "./trials.ts";

/**
 * Number of parts into which the items are divided. The items of one part are cold: no model is trained on their
 * interactions.
 */
const PARTS = 10;
const SEED = 42;
const LENGTH = 25;

/** The recall of lists of 25 cold items. */
interface ColdFigures {
    /** Recall of the model, which can use only the categories of a cold item. */
    readonly recall: number;
    /** Expected recall of a list of cold items in random order. */
    readonly random: number;
    readonly users: number;
    readonly coldItems: number;
}

/**
 * Trains without the interactions of the cold items, and ranks these items for users who are not in the training data.
 * The truth of a user is the cold items in the user's history. Recall is the number of these items among the first 25,
 * divided by their number (at most 25).
 */
export function coldFigures(
    trials: Trials,
    folds: readonly (readonly number[])[],
    catalogue: readonly CatalogueItem[],
): ColdFigures {
    const { interactions, histories } = trials;
    const cold = new Set(createFolds(interactions.itemIds.length, PARTS, SEED)[0]);
    const coldIds = new Set(Array.from(cold, (item) => interactions.itemIds[item] ?? ""));
    const recalls: number[] = [];
    const randoms: number[] = [];
    for (const fold of folds) {
        const left = new Set(fold);
        const kept = (row: number) =>
            !left.has(interactions.users[row] ?? 0) && !cold.has(interactions.items[row] ?? 0);
        const model = fitModel(rowsWhere(interactions, kept), "aws-user-personalization", catalogue);
        const numbers = new Map(model.itemIds.map((itemId, number) => [itemId, number]));
        const candidates = [...numbers.keys()].filter((itemId) => coldIds.has(itemId));
        for (const user of fold) {
            const ids = (histories[user] ?? []).map((item) => interactions.itemIds[item] ?? "");
            const truth = new Set(ids.filter((itemId) => coldIds.has(itemId)));
            if (truth.size === 0) continue;
            const input = ids.flatMap((itemId) => (truth.has(itemId) ? [] : (numbers.get(itemId) ?? [])));
            const scores = scoreUser(model, input);
            const scoreOf = (itemId: string) => scores[numbers.get(itemId) ?? -1] ?? 0;
            const list = candidates.toSorted((a, b) => scoreOf(b) - scoreOf(a)).slice(0, LENGTH);
            const most = Math.min(LENGTH, truth.size);
            recalls.push(list.filter((itemId) => truth.has(itemId)).length / most);
            randoms.push((truth.size * LENGTH) / candidates.length / most);
        }
    }
    const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { recall: mean(recalls), random: mean(randoms), users: recalls.length, coldItems: cold.size };
}
