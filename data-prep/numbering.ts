/** Ids that are plain numbers below this are looked up in an array; 4 million of them take 16 MB. */
const directLimit = 1 << 22;

/** Numbers ids by first appearance. Optimised for tens of millions of ids, most of them small numbers. */
export interface Numbering {
    /** Ids by their numbers. "7" and "07" are two ids, as in Personalize. */
    readonly ids: readonly string[];
    /** The number of an id that has only digits, without leading zeros; `value` is below 2^31. */
    ofValue(value: number): number;
    /** The number of any other id. */
    ofText(text: string): number;
}

/** Creates an empty numbering. */
export function createNumbering(): Numbering {
    const ids: string[] = [];
    let direct = new Int32Array(4096).fill(-1);
    const others = new Map<string, number>();

    const ofText = (text: string): number => {
        const known = others.get(text);
        if (known !== undefined) return known;
        const number = ids.push(text) - 1;
        others.set(text, number);
        return number;
    };
    const ofValue = (value: number): number => {
        if (value >= directLimit) return ofText(String(value));
        if (value >= direct.length) {
            const longer = new Int32Array(2 ** Math.ceil(Math.log2(value + 1))).fill(-1);
            longer.set(direct);
            direct = longer;
        }
        const known = direct[value] as number;
        if (known >= 0) return known;
        const number = ids.push(String(value)) - 1;
        direct[value] = number;
        return number;
    };
    return { ids, ofValue, ofText };
}
