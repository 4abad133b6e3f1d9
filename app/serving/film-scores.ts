/**
 * An ordered list of films with scores in compact form, because a process keeps tens of thousands of them. Both fields
 * are strings. Small number arrays are stored outside the heap: their fragmentation made a process half as large again.
 */
export interface FilmScores {
    /** Ids, separated by U+0000, which no id contains. */
    readonly ids: string;
    /** 32-bit floats, one character per byte, NaN without a score; undefined if no film has one. */
    readonly scores: string | undefined;
}

const separator = "\u0000";
/** Large enough for the service's longest answer; reused, because scores only pass through. */
const scratch = Buffer.alloc(4 * 500);
/** Personalize returns scores with seven decimals, which fit a 32-bit float. */
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

/** The films of a stored list, in their order, with scores rounded to the stored precision. */
export function unpackFilms({ ids, scores }: FilmScores): { readonly itemId: string; readonly score?: number }[] {
    if (scores !== undefined) scratch.write(scores, "latin1");
    return unpackIds(ids).map((itemId, at) => {
        const score = scores === undefined ? Number.NaN : scratch.readFloatLE(4 * at);
        return Number.isNaN(score) ? { itemId } : { itemId, score: Number(score.toPrecision(digits)) };
    });
}

/** The first `count` films that are not in `without`. */
export const filmsWithout = (films: FilmScores, without: ReadonlySet<string>, count: number): FilmScores =>
    packFilms(
        unpackFilms(films)
            .filter(({ itemId }) => !without.has(itemId))
            .slice(0, count),
    );

/** Joins ids into one string. */
export const packIds = (ids: readonly string[]): string => ids.join(separator);

/** The ids of `packIds`; none for an empty string. */
export const unpackIds = (ids: string): string[] => (ids === "" ? [] : ids.split(separator));

/** Bytes in memory, including the objects. */
export const bytesOf = ({ ids, scores }: FilmScores): number =>
    textBytes(ids) + (scores === undefined ? 0 : textBytes(scores));

/** A Latin-1 string needs one byte per character, others two. */
export const textBytes = (text: string): number => 24 + (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;

/** The table's format: `{"ids":[…],"scores":[…]}`. */
export function writeFilms(films: FilmScores): string {
    const list = unpackFilms(films);
    const ids = list.map(({ itemId }) => itemId);
    return JSON.stringify(
        films.scores === undefined ? { ids } : { ids, scores: list.map(({ score }) => score ?? null) },
    );
}

/** Reads the format of `writeFilms`. Throws SyntaxError or TypeError for anything else. */
export function readFilms(text: string): FilmScores {
    const { ids, scores } = JSON.parse(text) as { ids: string[]; scores?: (number | null)[] };
    return packFilms(
        ids.map((itemId, at) => {
            const score = scores?.[at] ?? undefined;
            return score === undefined ? { itemId } : { itemId, score };
        }),
    );
}
