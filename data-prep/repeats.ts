import { rowsByUser } from "./by-user.ts";
import type { Columns } from "./columns.ts";
import { free, longer } from "./interner.ts";

/**
 * A byte stores the number of an event type, so all event types after the first 255 share this number. Personalize
 * allows only ten types, so such data is rejected anyway.
 */
const lastType = 255;

/**
 * Finds events that equal an earlier one. Personalize keeps only one of them (Developer Guide, "Importing bulk data").
 * Stores 1 byte a row, and 4 more if events have values other than user, item, type and time.
 */
export function createRepeats(hasValues: boolean) {
    let rows = 0;
    let types = new Uint8Array(1 << 16);
    let values = new Int32Array(hasValues ? 1 << 16 : 0);

    /** Records the next row: the number of its type, and a number for its other values. */
    const note = (type: number, value: number): void => {
        if (rows === types.length) {
            types = longer(types, new Uint8Array(2 * rows));
            if (hasValues) values = longer(values, new Int32Array(2 * rows));
        }
        types[rows] = Math.min(type, lastType);
        if (hasValues) values[rows] = value;
        rows += 1;
    };

    /**
     * Returns the rows that equal an earlier one, ascending. Equal rows are neighbours once sorted by user and time.
     * All columns are in memory at this point, so the function searches one half of the users after the other, to use
     * less memory.
     */
    const find = (columns: Columns): Int32Array => {
        const half = columns.userCount >> 1;
        return Int32Array.from([
            ...findAmong(columns, [0, half]),
            ...findAmong(columns, [half, columns.userCount]),
        ]).sort();
    };

    const findAmong = (columns: Columns, part: readonly [number, number]): number[] => {
        const { items, timestamps } = columns;
        const { starts, rows } = rowsByUser(columns, part);
        const repeated: number[] = [];
        const compare = (a: number, b: number) =>
            (items[a] as number) - (items[b] as number) ||
            (types[a] as number) - (types[b] as number) ||
            (hasValues ? (values[a] as number) - (values[b] as number) : 0);
        // A group is the rows of one user with equal timestamps. For each item, `groupOf` contains the last visited
        // group with this item. If that is the current group, the item is in the group twice. Only such groups are
        // sorted to find repeated rows, because most groups contain each item only once.
        const groupOf = new Int32Array(columns.itemCount).fill(-1);
        const hasItemAgain = (from: number, to: number): boolean => {
            for (let at = from; at < to; at++) {
                const item = items[rows[at] as number] as number;
                if (groupOf[item] === from) return true;
                groupOf[item] = from;
            }
            return false;
        };
        for (let user = part[0]; user < part[1]; user++) {
            const end = starts[user + 1] as number;
            for (let from = starts[user] as number, to = from + 1; from < end; from = to++) {
                const time = timestamps[rows[from] as number];
                while (to < end && timestamps[rows[to] as number] === time) to++;
                if (to - from === 1 || !hasItemAgain(from, to)) continue;
                const together = rows.subarray(from, to).sort((a, b) => compare(a, b) || a - b);
                for (let at = 1; at < together.length; at++) {
                    if (compare(together[at - 1] as number, together[at] as number) === 0) {
                        repeated.push(together[at] as number);
                    }
                }
            }
        }
        free(rows);
        return repeated;
    };
    /** Frees the memory of the recorded rows. */
    const forget = () => {
        free(types);
        free(values);
    };
    return { note, find, typeOf: (row: number) => types[row] as number, forget };
}

/** Returns the 32-bit FNV-1a hash of a text. */
export function hashText(text: string): number {
    let hash = 0x811c9dc5 | 0;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash;
}
