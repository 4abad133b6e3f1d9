import { rowsByUser } from "../../data-prep/by-user.ts";
import type { Columns } from "../../data-prep/columns.ts";
import { foldOfUser, folds } from "../../data-prep/popularity.ts";

/**
 * A user whose interactions are not in the tables: the films watched first, oldest first, and the later films to
 * predict.
 */
export interface Trial {
    readonly knownItems: readonly number[];
    readonly truth: ReadonlySet<number>;
}

/**
 * The interactions of nine tenths of the users, from which the tables are made, and the remaining users, with whom the
 * tables are tested.
 */
export interface Fold {
    readonly train: Columns;
    readonly trials: readonly Trial[];
}

/** How well the first 20 items of a list predict a user's later films. */
export interface Found {
    readonly recall: number;
    readonly ndcg: number;
}

export const listLength = 20;

/**
 * Returns ten folds, each of which uses another tenth of the users for the test. As in Personalize's own evaluation,
 * the films to predict are the newest 10 % of a user's events.
 */
export function createFolds(columns: Columns): Fold[] {
    const { starts, rows } = rowsByUser(columns);
    const histories = Array.from({ length: columns.userCount }, (_, user) =>
        Array.from(rows.subarray(starts[user], starts[user + 1]), (row) => columns.items[row] as number),
    );
    return Array.from({ length: folds }, (_, fold) => ({
        train: pick(columns, (row) => foldOfUser(columns.users[row] as number) !== fold),
        trials: histories.flatMap((history, user) => {
            if (foldOfUser(user) !== fold || history.length < 2) return [];
            const cut = history.length - Math.max(1, Math.floor(history.length / 10));
            return [{ knownItems: history.slice(0, cut), truth: new Set(history.slice(cut)) }];
        }),
    }));
}

/** Returns the rows for which `keep` returns true. The numbers that stand for users and items stay the same. */
export function pick(columns: Columns, keep: (row: number) => boolean): Columns {
    const kept = (_: number, row: number) => keep(row);
    return {
        ...columns,
        users: columns.users.filter(kept),
        items: columns.items.filter(kept),
        timestamps: columns.timestamps.filter(kept),
    };
}

/**
 * Measures how many of the items to predict are among the first `length` items of a list, without the items in
 * `knownItems`.
 */
export function find<Item>(
    list: Iterable<Item>,
    knownItems: ReadonlySet<Item>,
    truth: ReadonlySet<Item>,
    length = listLength,
): Found {
    let [rank, hits, gain] = [0, 0, 0];
    for (const item of list) {
        if (knownItems.has(item)) continue;
        if (truth.has(item)) {
            hits += 1;
            gain += 1 / Math.log2(rank + 2);
        }
        rank += 1;
        if (rank === length) break;
    }
    const most = Math.min(length, truth.size);
    const ideal = Array.from({ length: most }, (_, at) => 1 / Math.log2(at + 2)).reduce((sum, one) => sum + one, 0);
    return { recall: hits / most, ndcg: gain / ideal };
}

/** Returns the means of recall and NDCG over all trials; 0 if there are none. */
export function computeMeans(trials: readonly Found[]): Found {
    const mean = (key: keyof Found) => trials.reduce((sum, one) => sum + one[key], 0) / (trials.length || 1);
    return { recall: mean("recall"), ndcg: mean("ndcg") };
}
