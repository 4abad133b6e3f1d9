import type { Interactions } from "../../model/interactions.ts";
import { createFolds } from "./folds.ts";

/**
 * The users of a data set, divided into ten parts. For each user, the newest items are the truth and the older items
 * are the input.
 */
export interface Trials {
    readonly interactions: Interactions;
    /** Users of each part. The model that is tested on one part is trained on the users of all other parts. */
    readonly folds: readonly (readonly number[])[];
    /** Each user's items, oldest first. */
    readonly histories: readonly (readonly number[])[];
    /** Returns how many of a user's newest items are the truth, which a list should contain. */
    truthsOf(user: number): number;
}

const SEED = 42;
const PARTS = 10;

/** Returns the ten folds of seed 42, over users sorted by their numeric ids. Users with one item are excluded. */
export function createTrials(interactions: Interactions, truthsOf: (events: number) => number): Trials {
    const histories: number[][] = interactions.userIds.map(() => []);
    interactions.users.forEach((user, row) => {
        histories[user]?.push(interactions.items[row] ?? 0);
    });
    const users = [...histories.keys()]
        .filter((user) => (histories[user]?.length ?? 0) > 1)
        .sort((a, b) => Number(interactions.userIds[a]) - Number(interactions.userIds[b]));
    const folds = createFolds(users.length, PARTS, SEED).map((fold) => fold.map((at) => users[at] ?? 0));
    return { interactions, folds, histories, truthsOf: (user) => truthsOf(histories[user]?.length ?? 0) };
}

/** Returns a user's items in two parts: the input of the list, and the newer items, which the list should contain. */
export function splitHistory({ histories, truthsOf }: Trials, user: number) {
    const history = histories[user] ?? [];
    const cut = history.length - truthsOf(user);
    return { input: history.slice(0, cut), truth: new Set(history.slice(cut)) };
}

/** Returns the interactions of the rows for which `passes` is true; users and items keep their numbers. */
export function rowsWhere(data: Interactions, passes: (row: number) => boolean): Interactions {
    const kept = (_: number, row: number) => passes(row);
    const { users, items, timestamps } = data;
    return {
        ...data,
        users: users.filter(kept),
        items: items.filter(kept),
        timestamps: timestamps.filter(kept),
    };
}
