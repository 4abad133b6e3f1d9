import { splitHistory, type Trials } from "./trials.ts";

/** Lists of item numbers, best first, by user. */
export type Lists = ReadonlyMap<number, readonly number[]>;

export interface Figures {
    readonly ndcg5: number;
    readonly ndcg10: number;
    readonly ndcg25: number;
    readonly mrr25: number;
    readonly precision10: number;
    /** Share of all items that occur in the lists of one fold; the mean over the folds. */
    readonly coverage: number;
    /** The standard error of `ndcg10` over the users. */
    readonly error: number;
}

/**
 * Returns the quality metrics of lists, one list for each test user. NDCG compares a list with the ideal list, which
 * begins with all items that the user chose later.
 */
export function computeFigures(trials: Trials, folds: readonly (readonly number[])[], lists: Lists): Figures {
    const users = folds.flat().map((user) => {
        const { truth } = splitHistory(trials, user);
        const hits = (lists.get(user) ?? []).map((item) => truth.has(item));
        const ndcg = (k: number) => gain(hits.slice(0, k)) / gain(Array(Math.min(k, truth.size)).fill(true));
        const first = hits.slice(0, 25).indexOf(true);
        return {
            ndcg5: ndcg(5),
            ndcg10: ndcg(10),
            ndcg25: ndcg(25),
            mrr25: first < 0 ? 0 : 1 / (first + 1),
            precision10: hits.slice(0, 10).filter(Boolean).length / 10,
        };
    });
    const average = (name: keyof (typeof users)[number]) => mean(users.map((user) => user[name]));
    const ndcg10 = average("ndcg10");
    const covered = folds.map((fold) => new Set(fold.flatMap((user) => (lists.get(user) ?? []).slice(0, 25))).size);
    return {
        ndcg5: average("ndcg5"),
        ndcg10,
        ndcg25: average("ndcg25"),
        mrr25: average("mrr25"),
        precision10: average("precision10"),
        coverage: mean(covered) / trials.interactions.itemIds.length,
        error: Math.sqrt(mean(users.map((user) => (user.ndcg10 - ndcg10) ** 2)) / users.length),
    };
}

const gain = (hits: readonly boolean[]) =>
    hits.reduce((sum, hit, rank) => sum + (hit ? 1 / Math.log2(rank + 2) : 0), 0);
const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
