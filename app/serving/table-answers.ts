import { parseTables, type TablesDocument } from "../../data-prep/tables/document.ts";

/** A film as an answer shows it. */
export interface Film {
    readonly itemId: string;
    /** The id where the catalogue has no title. */
    readonly title: string;
    readonly year: number | null;
    readonly genres: readonly string[];
    /** How many users watched it. */
    readonly viewers: number;
}

/** Where similar films come from: what people watched together, films of the same genres, or what is popular. */
export type SimilarFrom = "similar" | "genres" | "popular";

export interface Ask {
    /** So many at most; 25 when nothing is said. */
    readonly count?: number;
    /** Films that are left out, by id: those that the viewer knows. */
    readonly without?: ReadonlySet<string>;
}

/** Answers from the fallback tables; an answer costs well under a millisecond and never fails. */
export interface Tables {
    /** SHA-256 of the interactions CSV that they were made from. */
    readonly interactionsSha256: string;
    /** All genres, in the order of the alphabet. */
    readonly genres: readonly string[];
    /** Films of the catalogue and of the interactions. */
    readonly filmCount: number;
    film(itemId: string): Film | undefined;
    /** The most popular films, of one genre or all; none for a genre that there is not. */
    popular(ask?: Ask & { readonly genre?: string }): Film[];
    /** The films that grow most; fewer than asked for, or none, when fewer do. */
    trending(ask?: Ask): Film[];
    /**
     * Films like one, or like several of which the newest comes first and counts most. Those that are asked about are
     * left out. Where the films are unknown, or too few watched them, others of their genres answer, and then popular ones.
     */
    similar(itemIds: readonly string[], ask?: Ask): { readonly from: SimilarFrom; readonly films: Film[] };
}

const usualCount = 25;
/** Popular films that are kept ready of each genre: the candidates for a film that too few watched. */
const longestGenre = 100;
/** Of a viewer's films the newest ten are used; each counts half of the one three after it (`npm run bench:tables`). */
const mostSeeds = 10;
const seedHalving = 3;
/** A neighbour counts 1 / (10 + its rank): one near the top of two rows comes before the first of one. */
const rankOffset = 10;

/** Makes ready the document that data-prep wrote, given as its text. Throws TablesFormatError. */
export const readTables = (text: string): Tables => openTables(parseTables(text));

/** Makes a document ready to answer. */
export function openTables(document: TablesDocument): Tables {
    const { films, genreSets, similar } = document;
    const numbers = new Map(films.ids.map((itemId, number) => [itemId, number]));
    const byGenre = popularByGenre(document);
    const genresOf = (number: number) => genreSets[films.genres[number] as number] ?? [];
    const filmOf = (number: number): Film => {
        const itemId = films.ids[number] as string;
        return {
            itemId,
            title: films.titles[number] ?? itemId,
            year: films.years[number] ?? null,
            genres: genresOf(number),
            viewers: films.viewers[number] ?? 0,
        };
    };
    const take = (candidates: Iterable<number>, { count = usualCount, without }: Ask, asked?: ReadonlySet<number>) => {
        const found: Film[] = [];
        for (const number of candidates) {
            if (found.length >= count) break;
            if (without?.has(films.ids[number] as string) || asked?.has(number)) continue;
            found.push(filmOf(number));
        }
        return found;
    };
    const inGenre = function* (genre: string) {
        for (const number of similar.keys()) if (genresOf(number).includes(genre)) yield number;
    };

    const alike = (seeds: readonly number[]) => {
        const scores = new Map<number, number>();
        seeds.forEach((seed, age) => {
            const weight = 2 ** (-age / seedHalving);
            similar[seed]?.forEach((other, rank) => {
                scores.set(other, (scores.get(other) ?? 0) + weight / (rankOffset + rank));
            });
        });
        return byScore(scores);
    };
    const likeInGenre = (seeds: readonly number[]) => {
        const scores = new Map<number, number>();
        const wanted = new Set(seeds.flatMap(genresOf));
        for (const genre of wanted) {
            for (const other of byGenre.get(genre) ?? []) {
                scores.set(other, Math.sqrt(overlap(wanted, genresOf(other))) * (films.viewers[other] as number));
            }
        }
        return byScore(scores);
    };

    return {
        interactionsSha256: document.interactions.sha256,
        genres: [...byGenre.keys()].sort(),
        filmCount: films.ids.length,
        film: (itemId) => {
            const number = numbers.get(itemId);
            return number === undefined ? undefined : filmOf(number);
        },
        popular: ({ genre, ...ask } = {}) => take(genre === undefined ? similar.keys() : inGenre(genre), ask),
        trending: (ask = {}) => take(document.trending.films, ask),
        similar: (itemIds, ask = {}) => {
            const asked = new Set(itemIds.flatMap((itemId) => numbers.get(itemId) ?? []));
            const seeds = [...asked].slice(0, mostSeeds);
            for (const [from, candidates] of [
                ["similar", alike],
                ["genres", likeInGenre],
            ] as const) {
                const found = take(candidates(seeds), ask, asked);
                if (found.length > 0) return { from, films: found };
            }
            return { from: "popular", films: take(similar.keys(), ask, asked) };
        },
    };
}

function popularByGenre({ films, genreSets, similar }: TablesDocument): Map<string, number[]> {
    const byGenre = new Map<string, number[]>();
    films.genres.forEach((set, number) => {
        for (const genre of genreSets[set] ?? []) {
            const list = byGenre.get(genre) ?? [];
            byGenre.set(genre, list);
            if (number < similar.length && list.length < longestGenre) list.push(number);
        }
    });
    return byGenre;
}

/** Of all the genres that the two have, the part that both have. */
function overlap(one: ReadonlySet<string>, other: readonly string[]): number {
    const both = other.filter((genre) => one.has(genre)).length;
    return both / (one.size + other.length - both);
}

/** The best first; of equal ones the more popular. */
const byScore = (scores: ReadonlyMap<number, number>) =>
    [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([number]) => number);
