import type { FilmAnswer, FilmListAnswer, FilmListReason, ListedFilm, Source } from "../api/names.ts";
import { unpackFilms } from "./film-scores.ts";
import type { FilmOrder } from "./ports.ts";
import type { Film, Tables } from "./table-answers.ts";

/** Films that an answer names as those which its list is like. */
const mostBecause = 10;

export const filmAnswer = (film: Film): FilmAnswer => ({ ...film, genres: [...film.genres] });

const listed = ({ itemId, title, year, genres }: Film): ListedFilm => ({ itemId, title, year, genres: [...genres] });

/** A film that is not in the tables was added after they were made: it has no title but its id. */
const listedById = (tables: Tables, itemId: string): ListedFilm =>
    listed(tables.film(itemId) ?? { itemId, title: itemId, year: null, genres: [], viewers: 0 });

export interface ListShown {
    readonly source: Source;
    readonly count: number;
    /** Films that are left out. */
    readonly without?: ReadonlySet<string>;
    readonly reason?: FilmListReason | undefined;
}

/** A list of the campaign, with titles. */
export function answerList(
    tables: Tables,
    { films, recommendationId, madeAt }: FilmOrder & { readonly madeAt?: number },
    { source, count, without, reason }: ListShown,
): FilmListAnswer {
    const shown = unpackFilms(films).filter(({ itemId }) => !without?.has(itemId));
    return {
        source,
        ...(reason && { reason }),
        ...(recommendationId !== undefined && { recommendationId }),
        ...(madeAt !== undefined && { madeAt: new Date(madeAt).toISOString() }),
        films: shown.slice(0, count).map(({ itemId, ...score }) => ({ ...listedById(tables, itemId), ...score })),
    };
}

/** Films of the tables. */
export const answerTable = (
    films: readonly Film[],
    { source, reason }: { readonly source: Source; readonly reason?: FilmListReason | undefined },
): FilmListAnswer => ({ source, ...(reason && { reason }), films: films.map(listed) });

/** The films that a list is like, those that are known. */
export const becauseOf = (tables: Tables, itemIds: readonly string[]): FilmAnswer[] =>
    itemIds.slice(0, mostBecause).flatMap((itemId) => {
        const film = tables.film(itemId);
        return film === undefined ? [] : [filmAnswer(film)];
    });
