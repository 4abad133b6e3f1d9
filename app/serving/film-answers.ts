import type { FilmAnswer, FilmListAnswer, FilmListReason, ListedFilm, Source } from "../api/names.ts";
import { unpackFilms } from "./film-scores.ts";
import type { FilmOrder } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Film, Tables } from "./table-answers.ts";

/** Number of films in the field `because` of a response. */
const maxBecause = 10;

/** Converts a film of the fallback tables to the API's format. */
export const filmAnswer = (film: Film): FilmAnswer => ({ ...film, genres: [...film.genres] });

/** Converts a film of the fallback tables to a film of a list. */
const listed = ({ viewers: _, genres, ...film }: Film): ListedFilm => ({ ...film, genres: [...genres] });

/**
 * Returns the film with this ID. A film that was added after the tables were made has no title, so its ID replaces the
 * title.
 */
export const listedById = (tables: Pick<Tables, "film">, itemId: string): ListedFilm =>
    listed(tables.film(itemId) ?? { itemId, title: itemId, year: null, genres: [], viewers: 0 });

export interface ListShown {
    readonly source: Source;
    readonly count: number;
    /** IDs of films that the answer leaves out. */
    readonly without?: ReadonlySet<string>;
    readonly reason?: FilmListReason | undefined;
}

/** Returns a list of the campaign with titles, and without films that are not in the catalogue. */
export function answerList(
    tables: Tables,
    { films, recommendationId, madeAt }: FilmOrder & { readonly madeAt?: number },
    { source, count, without, reason }: ListShown,
): FilmListAnswer {
    const shown = unpackFilms(films).filter(({ itemId }) => !without?.has(itemId) && tables.shows(itemId));
    return {
        source,
        ...(reason && { reason }),
        ...(recommendationId !== undefined && { recommendationId }),
        ...(madeAt !== undefined && { madeAt: new Date(madeAt).toISOString() }),
        films: shown.slice(0, count).map(({ itemId, ...score }) => ({ ...listedById(tables, itemId), ...score })),
    };
}

/**
 * Returns the fallback tables, for responses that need them. @throws ProblemError if the process could load no tables
 */
export function loadedTables(tables: Tables): Tables {
    if (tables.filmCount > 0) return tables;
    throw new ProblemError("failure", "The tables of this stack's data could not be loaded. Try again in a minute.");
}

/** Returns a list from the fallback tables. */
export const answerTable = (
    films: readonly Film[],
    { source, reason }: { readonly source: Source; readonly reason?: FilmListReason | undefined },
): FilmListAnswer => ({ source, ...(reason && { reason }), films: films.map(listed) });

/** Returns the known films on which a list is based. */
export const findBasisFilms = (tables: Tables, itemIds: readonly string[]): FilmAnswer[] =>
    itemIds.slice(0, maxBecause).flatMap((itemId) => {
        const film = tables.film(itemId);
        return film === undefined ? [] : [filmAnswer(film)];
    });
