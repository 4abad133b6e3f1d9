import type { RowsByUser } from "../by-user.ts";
import type { Columns } from "../columns.ts";

/** A viewer's newest items by number, the newest first, and the times of their newest events in epoch seconds. */
export interface ListedHistory {
    readonly films: readonly number[];
    readonly timestamps: readonly number[];
}

/** Number of newest items in a listed history. */
export const longestListedHistory = 500;

/**
 * Returns the histories of some viewers, by id. Viewers without interactions are left out.
 *
 * @param views rows of the interactions, grouped by user, oldest first, each item of a user once.
 * @param viewers ids of users.
 * @param numberOf an item's number in the tables; negative for items that they leave out.
 */
export function listHistories(
    { items, timestamps, userIds }: Columns,
    { starts, rows }: RowsByUser,
    viewers: readonly string[],
    numberOf: (item: number) => number,
): Readonly<Record<string, ListedHistory>> {
    const histories = viewers.flatMap((viewer): [string, ListedHistory][] => {
        const user = userIds.indexOf(viewer);
        if (user === -1) return [];
        const own = [...rows.subarray(starts[user], starts[user + 1])]
            .reverse()
            .filter((row) => numberOf(items[row] as number) >= 0)
            .slice(0, longestListedHistory);
        return [
            [
                viewer,
                {
                    films: own.map((row) => numberOf(items[row] as number)),
                    timestamps: own.map((row) => timestamps[row] as number),
                },
            ],
        ];
    });
    return Object.fromEntries(histories);
}
