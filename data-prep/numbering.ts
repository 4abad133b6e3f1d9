import { createInterner, longer } from "./interner.ts";

/** IDs that are plain numbers below this limit are looked up in an array, which takes 16 MB for 4 million IDs. */
const directLimit = 1 << 22;

/** Numbers IDs by first appearance. Optimized for tens of millions of IDs that are mostly small numbers. */
export interface Numbering {
    /** The IDs; the index of an ID is its number. "7" and "07" are two IDs, as in Personalize. */
    readonly ids: readonly string[];
    /**
     * Returns the number of the ID in these bytes (UTF-8); -1 for an unknown ID. `value` is the result of `idNumber`
     * for the ID; the caller passes it, because it has already calculated it.
     */
    find(value: number, bytes: Buffer, from: number, to: number): number;
    /** Adds an unknown ID, and returns its number. */
    add(value: number, bytes: Buffer, from: number, to: number): number;
}

/** Creates a numbering that contains no IDs yet. */
export function createNumbering(): Numbering {
    const ids: string[] = [];
    let direct = new Int32Array(4096).fill(-1);
    const others = createInterner();
    /**
     * `others` contains the IDs that are not plain numbers, or are too large for the array `direct`. This array has,
     * for each ID in the order of `others`, the number that this numbering gave to the ID.
     */
    const numbersOfOthers: number[] = [];

    const find = (value: number, bytes: Buffer, from: number, to: number): number => {
        if (value >= 0 && value < directLimit) return value < direct.length ? (direct[value] as number) : -1;
        const other = others.find(bytes, from, to);
        return other < 0 ? -1 : (numbersOfOthers[other] as number);
    };
    const add = (value: number, bytes: Buffer, from: number, to: number): number => {
        const number = ids.push(bytes.toString("utf8", from, to)) - 1;
        if (value < 0 || value >= directLimit) numbersOfOthers[others.add(bytes, from, to)] = number;
        else {
            if (value >= direct.length) {
                direct = longer(direct, new Int32Array(2 ** Math.ceil(Math.log2(value + 1))).fill(-1));
            }
            direct[value] = number;
        }
        return number;
    };
    return { ids, find, add };
}
