import { type RowsByUser, rowsByUser } from "../by-user.ts";
import type { Columns } from "../columns.ts";

/**
 * Which rows of an interactions CSV count: of each user each item once, by its newest event, so that nobody makes a film
 * popular, or two films alike, by watching again. Grouped by user, oldest first.
 */
export function viewsOf(columns: Columns): RowsByUser {
    const { itemCount, items } = columns;
    const { starts: rowStarts, rows } = rowsByUser(columns);
    const userCount = rowStarts.length - 1;
    const seenBy = new Int32Array(itemCount).fill(-1);
    const starts = new Int32Array(userCount + 1);
    // Filled from the end, so that what is written lies never before what is still to be read.
    let first = rows.length;
    starts[userCount] = first;
    for (let user = userCount - 1; user >= 0; user--) {
        for (let at = (rowStarts[user + 1] as number) - 1; at >= (rowStarts[user] as number); at--) {
            const row = rows[at] as number;
            const item = items[row] as number;
            if (seenBy[item] === user) continue;
            seenBy[item] = user;
            first -= 1;
            rows[first] = row;
        }
        starts[user] = first;
    }
    return { starts: starts.map((start) => start - first), rows: rows.subarray(first) };
}

/** The oldest and the newest event of the data, in epoch seconds; 0 where there is none. */
export function spanOf({ timestamps }: Columns): { readonly firstTimestamp: number; readonly lastTimestamp: number } {
    let [firstTimestamp, lastTimestamp] = [timestamps[0] ?? 0, timestamps[0] ?? 0];
    for (const timestamp of timestamps) {
        if (timestamp < firstTimestamp) firstTimestamp = timestamp;
        if (timestamp > lastTimestamp) lastTimestamp = timestamp;
    }
    return { firstTimestamp, lastTimestamp };
}
