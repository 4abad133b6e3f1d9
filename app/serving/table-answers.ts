import type { AttributeReader, Column } from "filter-grammar";
import type { ShopDetails } from "../../data-prep/catalogue.ts";
import { parseTables, type TablesDocument } from "../../data-prep/tables/document.ts";
import { parseViewerList } from "../../data-prep/tables/viewers.ts";
import { openColumns } from "./item-columns.ts";
import { type OfferedViewer, offeredViewers } from "./offered-viewers.ts";
import { titleIndex } from "./title-index.ts";

/** An item in an answer. */
export interface Item extends Readonly<ShopDetails> {
    readonly itemId: string;
    /** Title of the item; the ID if the catalog has no title. */
    readonly title: string;
    readonly year: number | null;
    readonly genres: readonly string[];
    /** Number of users who watched the item. */
    readonly viewers: number;
}

/** Where similar items come from: items watched together, items of the same genres, or popular items. */
type SimilarFrom = "similar" | "genres" | "popular";

/** Candidates for a list, best first, as far as the list needs them. */
export type Candidates = Generator<{ readonly itemId: string }>;

/** Answers from the fallback tables. They take well under a millisecond, and never fail. */
export interface Tables {
    /** SHA-256 of the interactions CSV that the tables were made from. */
    readonly interactionsSha256: string;
    /** All genres, in alphabetical order. */
    readonly genres: readonly string[];
    /** Number of items in the catalog; without a catalog, in the interactions. */
    readonly itemCount: number;
    /** Checks whether the catalog has an item; true for every item if there is no catalog. */
    has(itemId: string): boolean;
    /** Checks whether the data offers an item at a time in epoch milliseconds: it is neither sold out nor expired. */
    isAvailable(itemId: string, at: number): boolean;
    /** The columns by which filters compare items; empty if the tables have none. */
    readonly columns: readonly Column[];
    /** Returns an item's values of these columns; an unknown item has none. */
    attributes(itemId: string): AttributeReader;
    item(itemId: string): Item | undefined;
    /**
     * Returns the items for which `shows` is true by words of their titles, or of their IDs if they have no titles: the
     * best match first, then the most popular.
     */
    search(query: string, count?: number, shows?: (itemId: string) => boolean): Item[];
    /**
     * Returns a viewer's items, the newest first, with times in epoch milliseconds; undefined if the tables have no
     * history of the viewer.
     */
    history(userId: string): { readonly itemId: string; readonly at: number }[] | undefined;
    /** Returns the viewers that the page offers; without public histories, only those of MovieLens. */
    offeredViewers(publicHistories: boolean): OfferedViewer[];
    /** Checks whether the interactions have this viewer; returns undefined if the tables do not list viewers. */
    hasViewer(userId: string): boolean | undefined;
    /** Returns the most popular items, of one genre or all; none for an unknown genre. Ignores case. */
    popular(genre?: string): Candidates;
    /** Returns the items with the fastest growing audience, then the other popular items. */
    trending(): Candidates;
    /** Returns the items that `update-items` added, the newest first. */
    latest(): Candidates;
    /**
     * Returns the sources of items like the given ones, best first, all without these items: items watched together,
     * items of the same genres, popular items. The newest given item comes first, and counts most. A source has no
     * items if the given ones are unknown, or too few users watched them.
     */
    similar(itemIds: readonly string[]): readonly { readonly from: SimilarFrom; readonly candidates: Candidates }[];
}

const usualCount = 25;
/** Number of popular items per genre that can be recommended for an item with too few users. */
const longestGenre = 100;
/**
 * Number of newest items that count. Each counts half as much as the item three positions newer. docs/tables.md has the
 * effect.
 */
const maxSeeds = 10;
const seedHalving = 3;
/**
 * A similar item counts 1 / (10 + its rank). Therefore, an item near the top of two lists beats the first item of one
 * list.
 */
export const rankOffset = 10;

/** Reads data-prep's document from its text. Throws TablesFormatError. */
export const readTables = (text: string): Tables => openTables(parseTables(text));

/** Prepares the fallback tables for answers. */
export function openTables(document: TablesDocument): Tables {
    const { films, genreSets, similar } = document;
    const numbers = new Map(films.ids.map((itemId, number) => [itemId, number]));
    const byGenre = popularByGenre(document);
    const soldOut = findSoldOut(document);
    const has = (itemId: string) => !document.hasCatalogue || numbers.has(itemId);
    let index: ReturnType<typeof titleIndex> | undefined;
    const listed = document.viewers === undefined ? undefined : parseViewerList(document.viewers);
    const histories = new Map(Object.entries(document.histories ?? {}));
    const genresOf = (number: number) => genreSets[films.genres[number] as number] ?? [];
    const itemOf = (number: number): Item => {
        const itemId = films.ids[number] as string;
        return {
            itemId,
            title: films.titles[number] ?? itemId,
            year: films.years[number] ?? null,
            genres: genresOf(number),
            viewers: films.viewers[number] ?? 0,
            ...films.details?.[number],
        };
    };
    const { columns, attributes } = openColumns(document);
    const candidates = function* (found: Iterable<number>, excluded?: ReadonlySet<number>): Candidates {
        for (const number of found) if (!excluded?.has(number)) yield { itemId: films.ids[number] as string };
    };
    const inGenre = function* (genre: string) {
        const spellings = [...byGenre.keys()].filter((each) => each.toLowerCase() === genre.toLowerCase());
        for (const number of similar.keys())
            if (genresOf(number).some((each) => spellings.includes(each))) yield number;
    };

    const growingFirst = function* () {
        const growing = new Set(document.trending.films);
        yield* growing;
        for (const number of similar.keys()) if (!growing.has(number)) yield number;
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
        itemCount: films.ids.length,
        has,
        isAvailable: (itemId, at) => {
            const number = numbers.get(itemId) ?? -1;
            const until = films.details?.[number]?.availableUntil;
            return !soldOut.has(number) && (until === undefined || until * 1000 >= at);
        },
        columns,
        attributes: (itemId) => attributes(numbers.get(itemId) ?? -1),
        item: (itemId) => {
            const number = numbers.get(itemId);
            return number === undefined ? undefined : itemOf(number);
        },
        search(query, count = usualCount, shows = () => true) {
            index ??= titleIndex(films.ids.map((itemId, number) => films.titles[number] ?? itemId));
            return index(query, count, (number) => shows(films.ids[number] as string)).map(itemOf);
        },
        history: (userId) => {
            const userHistory = histories.get(userId);
            return userHistory?.films.map((number, place) => ({
                itemId: films.ids[number] as string,
                at: (userHistory.timestamps[place] as number) * 1000,
            }));
        },
        offeredViewers: (publicHistories) => offeredViewers(document, publicHistories),
        hasViewer: (userId) => listed?.(userId),
        popular: (genre) => candidates(genre === undefined ? similar.keys() : inGenre(genre)),
        trending: () => candidates(growingFirst()),
        latest: () => candidates(document.added ?? []),
        similar: (itemIds) => {
            const requested = new Set(itemIds.flatMap((itemId) => numbers.get(itemId) ?? []));
            const seeds = [...requested].slice(0, maxSeeds);
            return (
                [
                    ["similar", () => alike(seeds)],
                    ["genres", () => likeInGenre(seeds)],
                    ["popular", () => similar.keys()],
                ] as const
            ).map(([from, find]) => ({ from, candidates: candidates(late(find), requested) }));
        },
    };
}

/**
 * Returns the numbers of the items that lists leave out because their stock is 0 or less. If no item is left, the stock
 * in the data is wrong, so lists leave out none.
 */
function findSoldOut({ films: { ids, details = [] } }: TablesDocument): ReadonlySet<number> {
    const soldOut = new Set(details.flatMap((each, number) => ((each?.stock ?? 1) > 0 ? [] : [number])));
    return soldOut.size === ids.length ? new Set() : soldOut;
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

/** Returns the share of common genres among all genres of both items. */
function overlap(one: ReadonlySet<string>, other: readonly string[]): number {
    const both = other.filter((genre) => one.has(genre)).length;
    return both / (one.size + other.length - both);
}

/** Finds numbers only when they are needed. */
function* late(find: () => Iterable<number>) {
    yield* find();
}

/** Sorts item numbers by score, highest first; equal scores by popularity. */
const byScore = (scores: ReadonlyMap<number, number>) =>
    [...scores].sort((a, b) => b[1] - a[1] || a[0] - b[0]).map(([number]) => number);
