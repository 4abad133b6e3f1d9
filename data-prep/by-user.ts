import type { Columns } from "./columns.ts";

/** Row numbers of an interactions CSV, grouped by user: those of user `u` are `rows[starts[u]]` up to `rows[starts[u + 1]]`. */
export interface RowsByUser {
    readonly starts: Int32Array;
    readonly rows: Int32Array;
}

/** Groups rows by user, each user's oldest first; equal times stay in the file's order. */
export function rowsByUser({ userCount, users, timestamps }: Columns): RowsByUser {
    const starts = startsOf(users, userCount);
    const next = starts.slice();
    const rows = new Int32Array(users.length);
    for (let row = 0; row < users.length; row++) {
        const user = users[row] as number;
        const at = next[user] as number;
        rows[at] = row;
        next[user] = at + 1;
    }
    for (let user = 0; user < userCount; user++) inTime(rows.subarray(starts[user], starts[user + 1]), timestamps);
    return { starts, rows };
}

/** Start of each of `count` consecutive groups; the last value is the end. */
export function startsOf(groups: Int32Array, count: number): Int32Array {
    const starts = new Int32Array(count + 1);
    for (const group of groups) starts[group + 1] = (starts[group + 1] as number) + 1;
    for (let group = 0; group < count; group++) {
        starts[group + 1] = (starts[group + 1] as number) + (starts[group] as number);
    }
    return starts;
}

function inTime(rows: Int32Array, timestamps: Float64Array): void {
    for (let at = 1; at < rows.length; at++) {
        if ((timestamps[rows[at - 1] as number] as number) > (timestamps[rows[at] as number] as number)) {
            rows.sort((a, b) => (timestamps[a] as number) - (timestamps[b] as number) || a - b);
            return;
        }
    }
}

/**
 * The rows that count as views: each item of a user once, by its newest event, so that repeated watching makes no film
 * popular, and no two films similar. Grouped by user, oldest first.
 */
export function viewsOf(columns: Columns): RowsByUser {
    const { itemCount, items } = columns;
    const { starts: rowStarts, rows } = rowsByUser(columns);
    const userCount = rowStarts.length - 1;
    const seenBy = new Int32Array(itemCount).fill(-1);
    const starts = new Int32Array(userCount + 1);
    // Filled from the end, so that no unread row is overwritten.
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

/** The oldest and the newest event of the data, epoch seconds; 0 without events. */
export function spanOf({ timestamps }: Columns): { readonly firstTimestamp: number; readonly lastTimestamp: number } {
    let [firstTimestamp, lastTimestamp] = [timestamps[0] ?? 0, timestamps[0] ?? 0];
    for (const timestamp of timestamps) {
        if (timestamp < firstTimestamp) firstTimestamp = timestamp;
        if (timestamp > lastTimestamp) lastTimestamp = timestamp;
    }
    return { firstTimestamp, lastTimestamp };
}
