import { frequentGenres } from "../../api/genres.ts";
import { item, past } from "./data-words.ts";
import { spoken } from "./poster/lettering.ts";
import { type FilmList, type ListedFilm, listed, wordsOfList } from "./words.ts";

/** The list from which the viewer opened a film. */
export interface Origin {
    readonly title: string;
    readonly list: FilmList;
}

export interface WhyAsked {
    readonly itemId: string;
    /**
     * Origin of the film in the dialog; undefined if the viewer opened the film by its address, or from another film.
     */
    readonly origin: Origin | undefined;
    /** Films that the page knows the viewer has watched. */
    readonly watched: readonly ListedFilm[];
    /** The films that are most similar to this one; undefined until they are loaded. */
    readonly similar: readonly ListedFilm[] | undefined;
    /** The viewer in a sentence, such as "you". */
    readonly who: string;
}

/** Returns the reasons for a film in sentences: its place in its list, and similar films that the viewer watched. */
export function explainFilm({ itemId, origin, watched, similar, who }: WhyAsked): string[] {
    const because = origin?.list.because ?? [];
    const near = new Set(similar?.map((film) => film.itemId));
    // The table of similar films is not symmetric: A may list B although B does not list A. Check both directions.
    const [only] = because.length === 1 ? because : [];
    const close = watched.filter(
        (film) => film.itemId !== itemId && (near.has(film.itemId) || film.itemId === only?.itemId),
    );
    const names = (films: readonly ListedFilm[]) => listed(films.map(({ title }) => spoken(title)));
    const others = because.filter((film) => film.itemId !== itemId);
    return [
        ...(origin ? describePlace(origin, itemId) : []),
        ...(close.length > 0
            ? [`Close to ${names(close)}, which ${who} ${past}.`]
            : others.length > 0
              ? [`The list has ${item.many} like ${names(others)}.`]
              : []),
    ];
}

function describePlace({ title, list }: Origin, itemId: string): string[] {
    const place = list.films.findIndex((film) => film.itemId === itemId);
    if (place === -1) return [];
    return [`Number ${place + 1} of ${list.films.length} in “${title}”: ${wordsOfList(list).badge}.`];
}

/** Minimum number of watched films from which the page derives a taste. Fewer films show chance, not taste. */
const fewestWatched = 3;

interface Taste {
    readonly genres: readonly string[];
    readonly sentence: string;
}

/**
 * Returns a viewer's taste, from the watched films that the page knows, or else from the viewer's own list; undefined
 * if neither shows a taste. `who` is the viewer in a sentence, such as "you".
 */
export function tasteBy(watched: readonly ListedFilm[], list: FilmList | undefined, who: string): Taste | undefined {
    const byWatched = watched.length < fewestWatched ? [] : frequentGenres(watched);
    // Popular films reflect the taste of all viewers, not of this viewer.
    const isOwn = list?.viewerKnown === true && list.source !== "popular";
    const genres = byWatched.length > 0 ? byWatched : isOwn ? frequentGenres(list.films) : [];
    if (genres.length === 0) return undefined;
    const by = byWatched.length > 0 ? `the ${item.many} that ${who === "you" ? "you" : "they"} ${past}` : "this list";
    return { genres, sentence: `Mostly ${listed(genres, genres.length)}, by ${by}` };
}
