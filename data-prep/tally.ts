/** Smaller numeric ids are counted in an array; 4 million of them take 16 MB. */
const DIRECT_LIMIT = 1 << 22;

/** Counts ids. Optimised for tens of millions of ids, most of them small numbers. */
export interface Tally {
    /**
     * Counts the id in `bytes` from `from` up to `to`. `number` is its value if it has only digits, no leading zeros,
     * and is below 2^31; otherwise -1.
     */
    add(number: number, bytes: Uint8Array, from: number, to: number): void;
    /** The count of each distinct id, in undefined order. */
    counts(): Int32Array;
}

/** Creates an empty tally. "7" and "07" are two ids, as in Personalize. */
export function createTally(): Tally {
    let direct = new Int32Array(4096);
    const others = new Map<string, number>();

    const add = (number: number, bytes: Uint8Array, from: number, to: number) => {
        if (number >= 0 && number < DIRECT_LIMIT) {
            if (number >= direct.length) {
                const longer = new Int32Array(Math.min(DIRECT_LIMIT, 2 ** Math.ceil(Math.log2(number + 1))));
                longer.set(direct);
                direct = longer;
            }
            direct[number] = (direct[number] ?? 0) + 1;
            return;
        }
        const id = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
        others.set(id, (others.get(id) ?? 0) + 1);
    };
    const counts = () => Int32Array.from([...direct.filter((count) => count > 0), ...others.values()]);
    return { add, counts };
}
