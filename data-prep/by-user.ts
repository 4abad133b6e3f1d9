import { endianness } from "node:os";
import { type Columns, countRows } from "./columns.ts";

/**
 * Row numbers of an interactions CSV, grouped by user: those of user `u` are `rows[starts[u]]` up to `rows[starts[u +
 * 1]]`.
 */
export interface RowsByUser {
    readonly starts: Int32Array;
    readonly rows: Int32Array;
}

/**
 * Groups rows by user, each user's oldest first; equal times stay in the file's order. Only users from `first` up to
 * `end` have rows in the result, so that a caller can save memory by processing the users in several parts.
 */
export function rowsByUser(
    { userCount, users, timestamps }: Columns,
    [first, end]: readonly [number, number] = [0, userCount],
): RowsByUser {
    const counts = countRows(users, userCount).fill(0, 0, first).fill(0, end);
    const starts = computeStarts(counts);
    const next = starts.slice();
    const rows = new Int32Array(starts[userCount] as number);
    for (let row = 0; row < users.length; row++) {
        const user = users[row] as number;
        if (user < first || user >= end) continue;
        const at = next[user] as number;
        rows[at] = row;
        next[user] = at + 1;
    }
    const sort = createTimeSort(counts.reduce((most, count) => Math.max(most, count), 0));
    for (let user = 0; user < userCount; user++) {
        const own = rows.subarray(starts[user], starts[user + 1]);
        if (!isInTime(own, timestamps)) sort(own, timestamps);
    }
    return { starts, rows };
}

/**
 * Returns the start of each of several consecutive groups from their sizes. The last value is the end of the last
 * group.
 */
export function computeStarts(counts: Int32Array): Int32Array {
    const starts = new Int32Array(counts.length + 1);
    for (let group = 0; group < counts.length; group++) {
        starts[group + 1] = (starts[group] as number) + (counts[group] as number);
    }
    return starts;
}

function isInTime(rows: Int32Array, timestamps: Uint32Array): boolean {
    for (let at = 1; at < rows.length; at++) {
        if ((timestamps[rows[at - 1] as number] as number) > (timestamps[rows[at] as number] as number)) return false;
    }
    return true;
}

/** Positions of the high and the low half of a 64-bit number. */
const [high, low] = endianness() === "LE" ? [1, 0] : [0, 1];

/**
 * Creates a function that sorts up to `longest` rows by time, and equal times by row number. It sorts one 64-bit number
 * for each row, because a sort without a comparator takes a fraction of the time.
 */
function createTimeSort(longest: number) {
    const halves = new Uint32Array(2 * longest);
    return (rows: Int32Array, timestamps: Uint32Array): void => {
        for (let at = 0; at < rows.length; at++) {
            const row = rows[at] as number;
            halves[2 * at + high] = timestamps[row] as number;
            halves[2 * at + low] = row;
        }
        new BigUint64Array(halves.buffer, 0, rows.length).sort();
        for (let at = 0; at < rows.length; at++) rows[at] = halves[2 * at + low] as number;
    };
}

/**
 * Returns the rows that count as views: each item of a user once, by its newest event, so that repeated viewing makes
 * no film popular and no two films similar. The rows are grouped by user, oldest first.
 */
export function groupViews(columns: Columns): RowsByUser {
    const { itemCount, items } = columns;
    const { starts: rowStarts, rows } = rowsByUser(columns);
    const userCount = rowStarts.length - 1;
    const seenBy = new Int32Array(itemCount).fill(-1);
    const starts = new Int32Array(userCount + 1);
    // Fill the array from its end, so that no row is overwritten before it is read.
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

/** Returns the times of the oldest and the newest event in epoch seconds; 0 without events. */
export function computeTimeSpan({ timestamps }: Columns) {
    let [firstTimestamp, lastTimestamp] = [timestamps[0] ?? 0, timestamps[0] ?? 0];
    for (let row = 0; row < timestamps.length; row++) {
        const timestamp = timestamps[row] as number;
        if (timestamp < firstTimestamp) firstTimestamp = timestamp;
        if (timestamp > lastTimestamp) lastTimestamp = timestamp;
    }
    return { firstTimestamp, lastTimestamp };
}
