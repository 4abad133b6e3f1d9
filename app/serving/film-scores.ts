/**
 * Films in order with their scores, kept small: a process keeps tens of thousands of such lists. Both are texts, because small
 * arrays of numbers lie outside of the heap, and the holes that they leave there made a process half as large again.
 */
export interface FilmScores {
    /** Ids, joined by U+0000, which no id has. */
    readonly ids: string;
    /** 32-bit floats, a letter a byte, NaN where there is no score; undefined where no film has one. */
    readonly scores: string | undefined;
}

const separator = "\u0000";
/** As many as the service gives in one answer, reused: scores are only on their way through. */
const scratch = Buffer.alloc(4 * 500);
/** The service gives scores with seven decimals; a 32-bit float keeps as many digits. */
const digits = 7;

export function packFilms(films: readonly { readonly itemId: string; readonly score?: number }[]): FilmScores {
    const ids = packIds(films.map(({ itemId }) => itemId));
    if (films.every(({ score }) => score === undefined)) return { ids, scores: undefined };
    films.forEach(({ score = Number.NaN }, at) => {
        scratch.writeFloatLE(score, 4 * at);
    });
    return { ids, scores: scratch.toString("latin1", 0, 4 * films.length) };
}

export function unpackFilms({ ids, scores }: FilmScores): { readonly itemId: string; readonly score?: number }[] {
    if (scores !== undefined) scratch.write(scores, "latin1");
    return unpackIds(ids).map((itemId, at) => {
        const score = scores === undefined ? Number.NaN : scratch.readFloatLE(4 * at);
        return Number.isNaN(score) ? { itemId } : { itemId, score: Number(score.toPrecision(digits)) };
    });
}

export const packIds = (ids: readonly string[]): string => ids.join(separator);

export const unpackIds = (ids: string): string[] => (ids === "" ? [] : ids.split(separator));

/** Bytes in memory, with those of the objects around. */
export const bytesOf = ({ ids, scores }: FilmScores): number =>
    textBytes(ids) + (scores === undefined ? 0 : textBytes(scores));

/** A text of Latin-1 takes a byte a character, any other two. */
export const textBytes = (text: string): number => 24 + (/[\u0100-\uffff]/.test(text) ? 2 : 1) * text.length;

/** As the table keeps it: `{"ids":[…],"scores":[…]}`. */
export function writeFilms(films: FilmScores): string {
    const list = unpackFilms(films);
    const ids = list.map(({ itemId }) => itemId);
    return JSON.stringify(
        films.scores === undefined ? { ids } : { ids, scores: list.map(({ score }) => score ?? null) },
    );
}

/** Reads what `writeFilms` wrote. Throws SyntaxError or TypeError where it is something else. */
export function readFilms(text: string): FilmScores {
    const { ids, scores } = JSON.parse(text) as { ids: string[]; scores?: (number | null)[] };
    return packFilms(
        ids.map((itemId, at) => {
            const score = scores?.[at] ?? undefined;
            return score === undefined ? { itemId } : { itemId, score };
        }),
    );
}
