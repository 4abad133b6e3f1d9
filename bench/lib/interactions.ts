import type { Columns } from "../../data-prep/columns.ts";
import type { Interactions } from "../../packages/local-personalize/model/interactions.ts";

/** Returns interactions ordered by time, as an import stores them. Equal times keep the order of the file. */
export function byTime({ userIds, itemIds, users, items, timestamps }: Columns): Interactions {
    const order = Uint32Array.from(timestamps.keys()).sort(
        (a, b) => (timestamps[a] ?? 0) - (timestamps[b] ?? 0) || a - b,
    );
    return {
        userIds,
        itemIds,
        users: Int32Array.from(order, (row) => users[row] ?? 0),
        items: Int32Array.from(order, (row) => items[row] ?? 0),
        timestamps: Float64Array.from(order, (row) => timestamps[row] ?? 0),
    };
}
