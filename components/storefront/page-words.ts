import { frequentGenres } from "../../app/storefront/src/genres.ts";
import type { StackConfig } from "../../config/config.ts";
import { notInterested } from "../../config/watched.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import type { TablesDocument } from "../../data-prep/tables/document.ts";
import { isMovieLens } from "../../data-prep/words.ts";

/** The words for the data on the page, and the viewers that the page offers. */
export interface DataWords {
    /** The noun for an item, in the singular and the plural. */
    readonly noun: string;
    readonly nouns: string;
    /** Event types that the page sends, most frequent first, without `NotInterested`. */
    readonly events: readonly string[];
    readonly viewers: readonly OfferedViewer[];
    /** The data set that the page credits; empty for data of the owner. */
    readonly credits: string;
    /** Whether strangers may see the films that a viewer watched. */
    readonly publicHistories: boolean;
}

export interface OfferedViewer {
    readonly id: string;
    /** The most frequent genres of the viewer's newest items, at most three. */
    readonly genres: readonly string[];
    /** Number of items in the viewer's history; absent without tables. */
    readonly items?: number;
}

/** MovieLens viewers, whose IDs are public. */
const knownViewers = ["22", "6", "122", "13", "201", "405"];
/** Number of a viewer's newest items, equal to the number that the page requests, so that both show the same taste. */
const newestShown = 50;
/** Maximum number of buttons for one item. */
const mostEvents = 3;
const mostImageOrigins = 10;

/**
 * Returns the page's words, from manifest and tables; without a manifest, films that viewers watch. For other data than
 * MovieLens, offers viewers' IDs only if strangers may see histories, because an ID may be an e-mail address.
 */
export function dataWords(
    manifest: Manifest | undefined,
    { publicHistories }: Pick<StackConfig, "publicHistories">,
    tables?: Pick<TablesDocument, "films" | "genreSets" | "histories">,
): DataWords {
    const viewers = manifest?.viewers ?? knownViewers;
    const events = (manifest?.eventTypes ?? []).map(({ name }) => name).filter((name) => name !== notInterested);
    return {
        noun: manifest?.noun.one ?? "film",
        nouns: manifest?.noun.many ?? "films",
        events: events.length > 0 ? events.slice(0, mostEvents) : ["Watch"],
        // The licence of MovieLens requires the credit.
        credits: manifest === undefined || isMovieLens(manifest.sources[0]?.file ?? "") ? "MovieLens" : "",
        publicHistories,
        viewers: viewers
            .filter((viewer) => publicHistories || knownViewers.includes(viewer))
            .map((id) => ({ id, ...historyOf(id, tables) })),
    };
}

function historyOf(
    id: string,
    tables: Pick<TablesDocument, "films" | "genreSets" | "histories"> | undefined,
): Omit<OfferedViewer, "id"> {
    const history = tables?.histories?.[id];
    if (tables === undefined || history === undefined) return { genres: [] };
    const newest = history.films.slice(0, newestShown);
    const genres = newest.map((film) => ({ genres: tables.genreSets[tables.films.genres[film] ?? -1] ?? [] }));
    return { genres: frequentGenres(genres), items: history.films.length };
}

/** Returns the most frequent web origins of the items' images, at most ten. */
export function imageOriginsOf({ films }: Pick<TablesDocument, "films">): string[] {
    const counts = new Map<string, number>();
    for (const details of films.details ?? []) {
        const url = URL.parse(details?.image ?? "");
        if (url?.protocol !== "https:" && url?.protocol !== "http:") continue;
        counts.set(url.origin, (counts.get(url.origin) ?? 0) + 1);
    }
    return [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, mostImageOrigins)
        .map(([origin]) => origin);
}
