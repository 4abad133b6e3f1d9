import { discountWatched, scoreUser, topItems } from "../../model/score.ts";
import { fitModel } from "../../model/train.ts";
import type { Lists } from "./figures.ts";
import { rowsWhere, splitHistory, type Trials } from "./trials.ts";

const LENGTH = 25;

/**
 * Lists of this repository's model: `masked` without the items of the input, and `unmasked` with reduced scores for
 * these items, as a campaign returns them without a filter.
 */
interface OwnLists {
    readonly masked: Lists;
    readonly unmasked: Lists;
}

/**
 * Returns the lists of this repository's model for the users of some folds, with the code that a campaign runs. Each
 * fold's model is trained on the users of all other folds.
 */
export function ownLists(trials: Trials, folds: readonly (readonly number[])[], log: (line: string) => void): OwnLists {
    const { interactions } = trials;
    const masked = new Map<number, number[]>();
    const unmasked = new Map<number, number[]>();
    const numbers = new Map(interactions.itemIds.map((itemId, number) => [itemId, number]));
    for (const [at, fold] of folds.entries()) {
        log(`this repository's model: fold ${at + 1} of ${folds.length}`);
        const left = new Set(fold);
        const others = rowsWhere(interactions, (row) => !left.has(interactions.users[row] ?? 0));
        const model = fitModel(others, "aws-user-personalization");
        const ofModel = new Map(model.itemIds.map((itemId, index) => [numbers.get(itemId) ?? -1, index]));
        const inData = (items: readonly number[]) =>
            items.map((index) => numbers.get(model.itemIds[index] ?? "") ?? -1);
        for (const user of fold) {
            const input = splitHistory(trials, user).input.flatMap((item) => ofModel.get(item) ?? []);
            const scores = scoreUser(model, input);
            masked.set(user, inData(topItems(scores, LENGTH, new Set(input))));
            unmasked.set(user, inData(topItems(discountWatched(scores, input, model.gain), LENGTH)));
        }
    }
    return { masked, unmasked };
}
