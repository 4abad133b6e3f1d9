import { item, past } from "./data-words.ts";
import { type FilmList, type ListedFilm, listed } from "./words.ts";

const mostGenres = 3;
/** Fewer watched films show chance, not taste. */
const fewestWatched = 3;

/** Genres with the number of films that have them, the most frequent first. */
export function genreCounts(films: readonly Pick<ListedFilm, "genres">[]): (readonly [genre: string, films: number])[] {
    const counts = new Map<string, number>();
    for (const { genres } of films) {
        for (const genre of new Set(genres)) counts.set(genre, (counts.get(genre) ?? 0) + 1);
    }
    return [...counts].sort((a, b) => b[1] - a[1]);
}

/** Genres that at least two of the films have, the most frequent first, at most three. */
export function frequentGenres(films: readonly Pick<ListedFilm, "genres">[]): string[] {
    return genreCounts(films)
        .filter(([, count]) => count > 1)
        .slice(0, mostGenres)
        .map(([genre]) => genre);
}

interface Taste {
    readonly genres: readonly string[];
    readonly sentence: string;
}

/**
 * A viewer's taste: by the watched films that the page knows, or else by the viewer's own list. `who` is the viewer in a
 * sentence, as "you". Undefined if neither shows a taste.
 */
export function tasteBy(watched: readonly ListedFilm[], list: FilmList | undefined, who: string): Taste | undefined {
    const byWatched = watched.length < fewestWatched ? [] : frequentGenres(watched);
    // Popular films show the taste of all viewers.
    const isOwn = list !== undefined && list.source !== "popular" && list.viewerKnown !== false;
    const genres = byWatched.length > 0 ? byWatched : isOwn ? frequentGenres(list.films) : [];
    if (genres.length === 0) return undefined;
    const by = byWatched.length > 0 ? `the ${item.many} that ${who === "you" ? "you" : "they"} ${past}` : "this list";
    return { genres, sentence: `Mostly ${listed(genres, mostGenres)}, by ${by}` };
}
