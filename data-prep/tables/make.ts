import type { AttributeColumn } from "../attributes/columns.ts";
import { computeTimeSpan, groupViews, type RowsByUser } from "../by-user.ts";
import type { CatalogueItem } from "../catalogue.ts";
import type { Columns } from "../columns.ts";
import { writeWholeFile } from "../files.ts";
import { free } from "../interner.ts";
import type { Progress } from "../progress.ts";
import { type ListedHistory, maxTablesBytes, type TablesDocument, tablesSchemaVersion } from "./document.ts";
import { createFilms } from "./films.ts";
import { popularity, ranked, trending } from "./popular.ts";
import { similarItems, timeAwareCosine, toHistories } from "./similar.ts";
import { listViewers } from "./viewers.ts";

/**
 * Number of similar films for each film. The service's longest list has 500, the usual one 25. Of these 50 films, at
 * least 20 remain after the API removes the viewer's own newest films.
 */
export const neighboursPerFilm = 50;
const longestTrending = 50;
/** Number of newest items in a listed history. */
export const longestListedHistory = 500;
/**
 * Minimum number of viewers: with fewer, similar films are random, so popular films of the same genres replace them.
 */
export const leastViewers = 5;
/**
 * Maximum number of films for which the tables contain similar films: the most popular films. The tables must fit into
 * a function of 256 MB.
 */
export const maxWithNeighbours = 20_000;

/** The data of which the fallback tables are made. */
interface TablesSource {
    readonly columns: Columns;
    /** Hash of the CSV, which the tables contain. */
    readonly sha256: string;
    readonly catalogue?: readonly CatalogueItem[];
    /** Columns of the Items dataset, in the catalog's order. */
    readonly attributes?: readonly AttributeColumn[];
    /** IDs of the users with a history in the tables. */
    readonly viewers?: readonly string[];
}

/**
 * Makes the fallback tables from the columns of an interactions CSV. Leaves out films that are not in the catalog,
 * unless the catalog is empty. Frees the columns of users and times, which the caller cannot use afterwards, to save
 * 200 MB at 25 million rows.
 */
export function makeTables(source: TablesSource, progress?: Progress): TablesDocument {
    const { columns, sha256, catalogue = [], attributes = [], viewers = [] } = source;
    const views = groupViews(columns);
    const viewerCounts = new Int32Array(columns.itemCount);
    for (let at = 0; at < views.rows.length; at++) {
        const item = columns.items[views.rows[at] as number] as number;
        viewerCounts[item] = (viewerCounts[item] as number) + 1;
    }
    const listedIds = catalogue.length > 0 ? new Set(catalogue.map(({ itemId }) => itemId)) : undefined;
    const order = ranked(popularity(columns, views), viewerCounts).filter(
        (item) => listedIds?.has(columns.itemIds[item] as string) ?? true,
    );
    /** Number of each item in the tables; -1 for an item that is not in the catalog. */
    const numberOf = new Int32Array(columns.itemCount).fill(-1);
    order.forEach((item, number) => {
        numberOf[item] = number;
    });
    const numbers = (items: readonly number[]) =>
        items.map((item) => numberOf[item] as number).filter((number) => number >= 0);
    const listed = listViewers(columns.userIds);
    // The similar items reuse the memory of the view counts.
    const histories = listHistories(columns, views, viewers, (item) => numberOf[item] as number);
    const { windowSeconds, items: growing } = trending(columns, views, longestTrending);
    const head = {
        schemaVersion: tablesSchemaVersion,
        hasCatalogue: listedIds !== undefined,
        interactions: { sha256, rows: columns.users.length, ...computeTimeSpan(columns) },
        ...createFilms(filmIds(), viewersOf, catalogue, attributes),
        trending: { windowSeconds, films: numbers(growing) },
    } as const;
    for (const values of [columns.users, columns.timestamps]) free(values);
    return {
        ...head,
        similar: similarByNumber(),
        ...(listed !== undefined && { viewers: listed }),
        histories,
    };

    /** Returns the ids of the watched films by popularity, then those of the catalog's other films. */
    function filmIds(): string[] {
        const watched = new Set(columns.itemIds);
        const unwatched = [...(listedIds ?? [])].filter((itemId) => !watched.has(itemId));
        return [...order.map((item) => columns.itemIds[item] as string), ...unwatched];
    }

    function viewersOf(number: number): number {
        return number < order.length ? (viewerCounts[order[number] as number] as number) : 0;
    }

    function similarByNumber(): number[][] {
        const wanted = order
            .filter((item) => (viewerCounts[item] as number) >= leastViewers)
            .slice(0, maxWithNeighbours);
        const rows = order.map((): number[] => []);
        const histories = toHistories(columns, views);
        let done = 0;
        for (const row of similarItems(histories, timeAwareCosine, wanted, neighboursPerFilm)) {
            rows[numberOf[row.item] as number] = numbers(row.items);
            progress?.("comparing items", ++done, wanted.length);
        }
        free(histories.items);
        return rows;
    }
}

/**
 * Returns the histories of some viewers, by id. Viewers without interactions are left out.
 *
 * @param views rows of the interactions, grouped by user, oldest first, each item of a user once.
 * @param viewers ids of users.
 * @param numberOf an item's number in the tables; negative for items that they leave out.
 */
function listHistories(
    { items, timestamps, userIds }: Columns,
    { starts, rows }: RowsByUser,
    viewers: readonly string[],
    numberOf: (item: number) => number,
): Readonly<Record<string, ListedHistory>> {
    const histories = viewers.flatMap((viewer): [string, ListedHistory][] => {
        const user = userIds.indexOf(viewer);
        if (user === -1) return [];
        const own = [...rows.subarray(starts[user], starts[user + 1])]
            .reverse()
            .filter((row) => numberOf(items[row] as number) >= 0)
            .slice(0, longestListedHistory);
        const films = own.map((row) => numberOf(items[row] as number));
        return [[viewer, { films, timestamps: own.map((row) => timestamps[row] as number) }]];
    });
    return Object.fromEntries(histories);
}

/** Content of the fallback tables, for the summary. */
export type TablesSummary = Awaited<ReturnType<typeof writeTables>>;

/** Makes the fallback tables of an interactions CSV by `makeTables`, and writes them completely or not at all. */
export async function writeTables(path: string, source: TablesSource, progress?: Progress) {
    const document = makeTables(source, progress);
    const { bytes, withoutDetails, attributesLeftOut } = tablesBytes(document);
    await writeWholeFile(path, (write) => write(bytes));
    const filmsWithSimilar = document.similar.filter((row) => row.length > 0).length;
    return {
        bytes: bytes.length,
        films: document.films.ids.length,
        filmsWithSimilar,
        /** Number of watched films without similar films, because too few users watched them. */
        filmsWithoutSimilar: document.similar.length - filmsWithSimilar,
        /** Number of films whose details, such as price and image, the tables leave out because of their maximum size. */
        filmsWithoutDetails: withoutDetails,
        /** Number of columns that the tables leave out because of their maximum size: the API cannot filter by them. */
        attributesLeftOut,
        /** Number of watched films that the tables leave out, because they are not in the catalog. */
        filmsLeftOut: source.columns.itemCount - document.similar.length,
        filmsTrending: document.trending.films.length,
        windowSeconds: document.trending.windowSeconds,
    };
}

/**
 * Returns the document's bytes. If the document is too large for the API, leaves out the columns for filters and the
 * details of the least popular films.
 *
 * @throws Error if the document is too large without any details
 */
export function tablesBytes(document: TablesDocument) {
    const all = document.films.details ?? [];
    const having = all.filter((each) => each !== null).length;
    const { attributes, ...films } = document.films;
    let filterColumns = attributes;
    for (let kept = all.length; ; ) {
        const details = kept === all.length ? all : all.map((each, film) => (film < kept ? each : null));
        const left = details.filter((each) => each !== null).length;
        const written = {
            ...films,
            ...(films.details && { details }),
            ...(filterColumns && { attributes: filterColumns }),
        };
        const bytes = Buffer.from(`${JSON.stringify({ ...document, films: written })}\n`);
        if (bytes.length <= maxTablesBytes) {
            const attributesLeftOut = (attributes?.length ?? 0) - (filterColumns?.length ?? 0);
            return { bytes, withoutDetails: having - left, attributesLeftOut };
        }
        if (filterColumns) {
            filterColumns = undefined;
            continue;
        }
        if (kept === 0) {
            throw new Error(
                `The fallback tables of ${document.films.ids.length} items have ${bytes.length} bytes, and the API reads ${maxTablesBytes} ` +
                    "at most. Shorten the titles, or prepare fewer items.",
            );
        }
        kept = Math.floor(kept / 2);
    }
}
