import { frequentGenres } from "../../api/genres.ts";
import { item, past } from "./data-words.ts";
import { type FilmList, type ListedFilm, listed } from "./words.ts";

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
    const isOwn = list !== undefined && list.source !== "popular" && list.viewerKnown !== false;
    const genres = byWatched.length > 0 ? byWatched : isOwn ? frequentGenres(list.films) : [];
    if (genres.length === 0) return undefined;
    const by = byWatched.length > 0 ? `the ${item.many} that ${who === "you" ? "you" : "they"} ${past}` : "this list";
    return { genres, sentence: `Mostly ${listed(genres, genres.length)}, by ${by}` };
}
