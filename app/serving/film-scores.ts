/**
 * An ordered list of films with scores in compact form, because a process stores tens of thousands of lists. Both
 * fields are strings: V8 stores small number arrays outside the heap, and their fragmentation made a process 50 %
 * larger.
 */
export interface FilmScores {
    /** Ids, separated by U+0000, which no id contains. */
    readonly ids: string;
    /** 32-bit floats, one character per byte, NaN without a score; undefined if no film has one. */
    readonly scores: string | undefined;
}

const separator = "\u0000";
/** Buffer for the longest list of scores, reused because it holds scores only during a conversion. */
const scratch = Buffer.alloc(4 * 500);
/** Number of decimals of Personalize's scores. Scores with seven decimals fit a 32-bit float. */
const digits = 7;

/** Stores a list of films in two strings. Scores keep the precision of four bytes. */
export function packFilms(films: readonly { readonly itemId: string; readonly score?: number }[]): FilmScores {
    const ids = packIds(films.map(({ itemId }) => itemId));
    if (films.every(({ score }) => score === undefined)) return { ids, scores: undefined };
    films.forEach(({ score = Number.NaN }, at) => {
        scratch.writeFloatLE(score, 4 * at);
    });
    return { ids, scores: scratch.toString("latin1", 0, 4 * films.length) };
}

/** Returns the films of a stored list, in their order, with scores rounded to the stored precision. */
export function unpackFilms({ ids, scores }: FilmScores): { readonly itemId: string; readonly score?: number }[] {
    if (scores !== undefined) scratch.write(scores, "latin1");
    return unpackIds(ids).map((itemId, at) => {
        const score = scores === undefined ? Number.NaN : scratch.readFloatLE(4 * at);
        return Number.isNaN(score) ? { itemId } : { itemId, score: Number(score.toPrecision(digits)) };
    });
}

/** Returns the first `count` films that are not in `without`. */
export const filmsWithout = (films: FilmScores, without: ReadonlySet<string>, count: number): FilmScores =>
    packFilms(
        unpackFilms(films)
            .filter(({ itemId }) => !without.has(itemId))
            .slice(0, count),
    );

/** Joins ids into one string. */
export const packIds = (ids: readonly string[]): string => ids.join(separator);

/** Splits the string that `packIds` returns; an empty string has no IDs. */
export const unpackIds = (ids: string): string[] => (ids === "" ? [] : ids.split(separator));

/** Returns the list's bytes in memory, including its objects. */
export const countMemoryBytes = ({ ids, scores }: FilmScores): number =>
    textBytes(ids) + (scores === undefined ? 0 : textBytes(scores));

/** Returns a string's bytes in memory: a Latin-1 string needs one byte per character, others two. */
export const textBytes = (text: string): number => 24 + (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;

/** Returns the list in the format that DynamoDB stores: `{"ids":[…],"scores":[…]}`. */
export function writeFilms(films: FilmScores): string {
    const list = unpackFilms(films);
    const ids = list.map(({ itemId }) => itemId);
    return JSON.stringify(
        films.scores === undefined ? { ids } : { ids, scores: list.map(({ score }) => score ?? null) },
    );
}

/** Reads the format of `writeFilms`. Throws SyntaxError or TypeError for any other text. */
export function readFilms(text: string): FilmScores {
    const { ids, scores } = JSON.parse(text) as { ids: string[]; scores?: (number | null)[] };
    return packFilms(
        ids.map((itemId, at) => {
            const score = scores?.[at] ?? undefined;
            return score === undefined ? { itemId } : { itemId, score };
        }),
    );
}
