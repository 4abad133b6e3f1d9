/**
 * An ordered list of items with scores in compact form, because a process stores tens of thousands of lists. Both
 * fields are strings: V8 stores small number arrays outside the heap, and their fragmentation made a process 50 %
 * larger.
 */
export interface ItemScores {
    /** Ids, separated by U+0000, which no id contains. */
    readonly ids: string;
    /** 32-bit floats, one character per byte, NaN without a score; undefined if no item has one. */
    readonly scores: string | undefined;
}

const separator = "\u0000";
/** Buffer for the longest list of scores, reused because it holds scores only during a conversion. */
const scratch = Buffer.alloc(4 * 500);
/** Number of decimals of Personalize's scores. Scores with seven decimals fit a 32-bit float. */
const digits = 7;

/** Stores a list of items in two strings. Scores keep the precision of four bytes. */
export function packItems(items: readonly { readonly itemId: string; readonly score?: number }[]): ItemScores {
    const ids = packIds(items.map(({ itemId }) => itemId));
    if (items.every(({ score }) => score === undefined)) return { ids, scores: undefined };
    items.forEach(({ score = Number.NaN }, at) => {
        scratch.writeFloatLE(score, 4 * at);
    });
    return { ids, scores: scratch.toString("latin1", 0, 4 * items.length) };
}

/** Returns the items of a stored list, in their order, with scores rounded to the stored precision. */
export function unpackItems({ ids, scores }: ItemScores): { readonly itemId: string; readonly score?: number }[] {
    if (scores !== undefined) scratch.write(scores, "latin1");
    return unpackIds(ids).map((itemId, at) => {
        const score = scores === undefined ? Number.NaN : scratch.readFloatLE(4 * at);
        return Number.isNaN(score) ? { itemId } : { itemId, score: Number(score.toPrecision(digits)) };
    });
}

/** Returns the first `count` items that are not in `without`. */
export const itemsWithout = (items: ItemScores, without: ReadonlySet<string>, count: number): ItemScores =>
    packItems(
        unpackItems(items)
            .filter(({ itemId }) => !without.has(itemId))
            .slice(0, count),
    );

/** Joins ids into one string. */
export const packIds = (ids: readonly string[]): string => ids.join(separator);

/** Splits the string that `packIds` returns; an empty string has no IDs. */
export const unpackIds = (ids: string): string[] => (ids === "" ? [] : ids.split(separator));

/** Returns the list's bytes in memory, including its objects. */
export const countMemoryBytes = ({ ids, scores }: ItemScores): number =>
    textBytes(ids) + (scores === undefined ? 0 : textBytes(scores));

/** Returns a string's bytes in memory: a Latin-1 string needs one byte per character, others two. */
export const textBytes = (text: string): number => 24 + (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;

/** Returns the list in the format that DynamoDB stores: `{"ids":[…],"scores":[…]}`. */
export function writeItems(items: ItemScores): string {
    const list = unpackItems(items);
    const ids = list.map(({ itemId }) => itemId);
    return JSON.stringify(
        items.scores === undefined ? { ids } : { ids, scores: list.map(({ score }) => score ?? null) },
    );
}

/** Reads the format of `writeItems`. Throws SyntaxError or TypeError for any other text. */
export function readItems(text: string): ItemScores {
    const { ids, scores } = JSON.parse(text) as { ids: string[]; scores?: (number | null)[] };
    return packItems(
        ids.map((itemId, at) => {
            const score = scores?.[at] ?? undefined;
            return score === undefined ? { itemId } : { itemId, score };
        }),
    );
}
