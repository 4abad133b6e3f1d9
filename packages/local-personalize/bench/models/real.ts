import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import type { Interactions } from "../../model/interactions.ts";

/** Results of the real service on MovieLens 100k. */

/**
 * Results of aws-hrnn in AWS's notebook 3.Best_Practices-Clientside, December 2018. The notebook uses only ratings
 * above 3.6, and the item to predict is each user's last one.
 */
export const REAL_HRNN = { ndcg10: 0.0649, mrr25: 0.0539, coverage: 0.2603 } as const;
/** AWS's notebook uses only ratings above this one. */
const LEAST_RATING = 3.6;

/** Lists of a real campaign (AutoML, which chose aws-hrnn) on the ratings of all users, with their scores. */
export const REAL_LISTS: Readonly<Record<string, readonly (readonly [item: string, score?: number])[]>> = {
    22: [["250", 0.0512], ["541"], ["797"], ["586"]],
    6: [["315", 0.0897], ["310"], ["272"], ["751"]],
    122: [
        ["88", 0.0131],
        ["77", 0.0185],
        ["739", 0.01],
        ["451", 0.0099],
        ["549", 0.0095],
        ["702", 0.0093],
    ],
};

/** Returns the ratings above the notebook's bound, from MovieLens' own file. Undefined when there is no such file. */
export async function readLikedRatings(file: string): Promise<Interactions | undefined> {
    if (!existsSync(file)) return undefined;
    const rows = (await readFile(file, "utf8"))
        .trimEnd()
        .split("\n")
        .map((line) => line.split("\t"))
        .filter(([, , rating]) => Number(rating) > LEAST_RATING)
        .toSorted((a, b) => Number(a[3]) - Number(b[3]));
    const userIds = [...new Set(rows.map(([user = ""]) => user))];
    const itemIds = [...new Set(rows.map(([, item = ""]) => item))];
    const [users, items] = [userIds, itemIds].map((ids) => new Map(ids.map((id, number) => [id, number])));
    return {
        userIds,
        itemIds,
        users: Int32Array.from(rows, ([user = ""]) => users?.get(user) ?? 0),
        items: Int32Array.from(rows, ([, item = ""]) => items?.get(item) ?? 0),
        timestamps: Float64Array.from(rows, ([, , , time]) => Number(time)),
    };
}
