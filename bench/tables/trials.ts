import { rowsByUser } from "../../data-prep/by-user.ts";
import type { Columns } from "../../data-prep/columns.ts";
import { foldOfUser, folds } from "../../data-prep/popularity.ts";

/** A user who is not in the tables: the watched films, oldest first, and the later films to predict. */
export interface Trial {
    readonly known: readonly number[];
    readonly truth: ReadonlySet<number>;
}

/** Nine tenths of the users, from whom the tables are made, and the other users, for the test. */
export interface Fold {
    readonly train: Columns;
    readonly trials: readonly Trial[];
}

/** Share of the later films that a list has among its first films. */
export interface Found {
    readonly recall: number;
    readonly ndcg: number;
}

export const listLength = 20;

/**
 * Returns ten folds, one for each tenth of the users, like Personalize's own evaluation: the newest 10 % of a user's events are to
 * be predicted.
 */
export function foldsOf(columns: Columns): Fold[] {
    const { starts, rows } = rowsByUser(columns);
    const histories = Array.from({ length: columns.userCount }, (_, user) =>
        Array.from(rows.subarray(starts[user], starts[user + 1]), (row) => columns.items[row] as number),
    );
    return Array.from({ length: folds }, (_, fold) => ({
        train: pick(columns, (row) => foldOfUser(columns.users[row] as number) !== fold),
        trials: histories.flatMap((history, user) => {
            if (foldOfUser(user) !== fold || history.length < 2) return [];
            const cut = history.length - Math.max(1, Math.floor(history.length / 10));
            return [{ known: history.slice(0, cut), truth: new Set(history.slice(cut)) }];
        }),
    }));
}

/** Returns the rows of an interactions CSV that `keep` selects, with unchanged numbers of users and items. */
export function pick(columns: Columns, keep: (row: number) => boolean): Columns {
    const kept = (_: number, row: number) => keep(row);
    return {
        ...columns,
        users: columns.users.filter(kept),
        items: columns.items.filter(kept),
        timestamps: columns.timestamps.filter(kept),
    };
}

/** Measures how many of the items to predict are among the first `length` items of a list, without the items in `known`. */
export function find<Item>(
    list: Iterable<Item>,
    known: ReadonlySet<Item>,
    truth: ReadonlySet<Item>,
    length = listLength,
): Found {
    let [rank, hits, gain] = [0, 0, 0];
    for (const item of list) {
        if (known.has(item)) continue;
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

/** Returns the mean of several values; 0 without values. */
export function meanOf(trials: readonly Found[]): Found {
    const mean = (key: keyof Found) => trials.reduce((sum, one) => sum + one[key], 0) / (trials.length || 1);
    return { recall: mean("recall"), ndcg: mean("ndcg") };
}
