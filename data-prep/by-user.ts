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

/** Where each of `count` groups begins when their members stand one after the other; one more, the end, comes last. */
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
