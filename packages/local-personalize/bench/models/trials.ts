import type { Interactions } from "../../model/interactions.ts";
import { foldsOf } from "./folds.ts";

/** The users of a data set in ten parts. For each user, the newest items are the truth and the others the input. */
export interface Trials {
    readonly interactions: Interactions;
    /** Users in parts: a model of a part is trained on the users of all other parts. */
    readonly folds: readonly (readonly number[])[];
    /** Each user's items, oldest first. */
    readonly histories: readonly (readonly number[])[];
    /** Returns the number of newest items that are the truth. */
    truthsOf(user: number): number;
}

const SEED = 42;
const PARTS = 10;

/**
 * Returns the ten folds of seed 42, over users in the order of their ids as numbers. Users with one item are left out.
 */
export function trialsOf(interactions: Interactions, truthsOf: (events: number) => number): Trials {
    const histories: number[][] = interactions.userIds.map(() => []);
    interactions.users.forEach((user, row) => {
        histories[user]?.push(interactions.items[row] ?? 0);
    });
    const users = [...histories.keys()]
        .filter((user) => (histories[user]?.length ?? 0) > 1)
        .sort((a, b) => Number(interactions.userIds[a]) - Number(interactions.userIds[b]));
    const folds = foldsOf(users.length, PARTS, SEED).map((fold) => fold.map((at) => users[at] ?? 0));
    return { interactions, folds, histories, truthsOf: (user) => truthsOf(histories[user]?.length ?? 0) };
}

/** Returns the items that a user has when the list is made, and the items that follow. */
export function halvesOf({ histories, truthsOf }: Trials, user: number) {
    const history = histories[user] ?? [];
    const cut = history.length - truthsOf(user);
    return { input: history.slice(0, cut), truth: new Set(history.slice(cut)) };
}

/** Returns the interactions of the rows that pass; users and items keep their numbers. */
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
