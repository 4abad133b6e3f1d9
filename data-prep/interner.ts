/** Share of filled slots at which the number of slots doubles. */
const fullShare = 0.6;

/**
 * Creates an empty interner, which numbers texts by first appearance. Compares bytes, so that a lookup creates no string.
 * Takes about 20 bytes a text beside the text itself.
 */
function createInterner() {
    /** Two values for each slot: the text's number plus 1 (0 for a free slot), and the text's hash. */
    let slots = new Int32Array(1 << 10);
    /** End of each text in the store. A text starts at the end of the text before. */
    let ends = new Float64Array(1 << 8);
    let store = new Uint8Array(1 << 12);
    let size = 0;

    const endOf = (number: number) => (number < 0 ? 0 : (ends[number] as number));

    const equals = (number: number, bytes: Uint8Array, from: number, to: number): boolean => {
        const start = endOf(number - 1);
        if (endOf(number) - start !== to - from) return false;
        for (let at = from; at < to; at++) if (bytes[at] !== store[start + at - from]) return false;
        return true;
    };

    /** Returns the number of a text; -1 for an unknown one. */
    const find = (bytes: Uint8Array, from: number, to: number): number => {
        const hash = hashBytes(bytes, from, to);
        const mask = slots.length - 1;
        for (let slot = (hash << 1) & mask; slots[slot] !== 0; slot = (slot + 2) & mask) {
            const number = (slots[slot] as number) - 1;
            if (slots[slot + 1] === hash && equals(number, bytes, from, to)) return number;
        }
        return -1;
    };

    const fill = (number: number, hash: number): void => {
        const mask = slots.length - 1;
        let slot = (hash << 1) & mask;
        while (slots[slot] !== 0) slot = (slot + 2) & mask;
        slots[slot] = number + 1;
        slots[slot + 1] = hash;
    };

    const grow = (): void => {
        const before = slots;
        slots = new Int32Array(before.length * 2);
        for (let slot = 0; slot < before.length; slot += 2) {
            if (before[slot] !== 0) fill((before[slot] as number) - 1, before[slot + 1] as number);
        }
    };

    /** Adds an unknown text, and returns its number. */
    const add = (bytes: Uint8Array, from: number, to: number): number => {
        const number = size++;
        const start = endOf(number - 1);
        const end = start + to - from;
        if (number === ends.length) ends = longer(ends, new Float64Array(2 * number));
        if (end > store.length) store = longer(store, new Uint8Array(2 * end));
        store.set(bytes.subarray(from, to), start);
        ends[number] = end;
        if (size > (slots.length / 2) * fullShare) grow();
        fill(number, hashBytes(bytes, from, to));
        return number;
    };
    return { find, add };
}

/**
 * Returns the 32-bit FNV-1a hash of a text. The last line mixes the high bits into the low bits, because the low bits
 * select the slot.
 */
function hashBytes(bytes: Uint8Array, from: number, to: number): number {
    let hash = 0x811c9dc5 | 0;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), 0x01000193);
    return hash ^ (hash >>> 15);
}

/**
 * Limits of the cache: the length of a text, and the number of texts. Longer texts, and texts after the cache is full,
 * are not cached, so that a column of many different texts takes no memory.
 */
const longestRemembered = 64;
const maxRemembered = 4096;

/** Returns `read` with a cache, because most columns repeat a few texts, such as ratings and event types. */
export function remembering<T>(read: (bytes: Buffer, from: number, to: number) => T): typeof read {
    const texts = createInterner();
    const results: T[] = [];
    return (bytes, from, to) => {
        if (to - from > longestRemembered) return read(bytes, from, to);
        const number = texts.find(bytes, from, to);
        if (number >= 0) return results[number] as T;
        const result = read(bytes, from, to);
        if (results.length < maxRemembered) results[texts.add(bytes, from, to)] = result;
        return result;
    };
}

type Numbers = Uint8Array | Int32Array | Uint32Array | Float64Array;

/**
 * Frees the memory of `values` immediately, because the garbage collector frees it only later. Afterwards `values` is
 * empty.
 */
export const free = (values: Numbers) => void (values.buffer as ArrayBuffer).transfer(0);

/** Copies `values` to the start of `larger`, frees `values`, and returns `larger`. */
export function longer<T extends Numbers>(values: T, larger: T): T {
    larger.set(values);
    free(values);
    return larger;
}

/** IDs that are plain numbers below this limit are looked up in an array, which takes 16 MB for 4 million IDs. */
const directLimit = 1 << 22;

export type Numbering = ReturnType<typeof createNumbering>;

/**
 * Creates an empty numbering, which numbers IDs by first appearance. Optimized for tens of millions of IDs that are
 * mostly small numbers.
 */
export function createNumbering() {
    /** The IDs; the index of an ID is its number. "7" and "07" are two IDs, as in Personalize. */
    const ids: string[] = [];
    let direct = new Int32Array(4096).fill(-1);
    const others = createInterner();
    /**
     * `others` contains the IDs that are not plain numbers, or are too large for the array `direct`. This array has,
     * for each ID in the order of `others`, the number that this numbering gave to the ID.
     */
    const numbersOfOthers: number[] = [];

    /**
     * Returns the number of the ID in these bytes (UTF-8); -1 for an unknown ID. `value` is the result of `idNumber`
     * for the ID; the caller passes it, because it has already calculated it.
     */
    const find = (value: number, bytes: Buffer, from: number, to: number): number => {
        if (value >= 0 && value < directLimit) return value < direct.length ? (direct[value] as number) : -1;
        const other = others.find(bytes, from, to);
        return other < 0 ? -1 : (numbersOfOthers[other] as number);
    };
    /** Adds an unknown ID, and returns its number. */
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
