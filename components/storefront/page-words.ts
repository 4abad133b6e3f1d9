import { frequentGenres } from "../../app/storefront/src/genres.ts";
import type { StackConfig } from "../../config/config.ts";
import { notInterested } from "../../config/watched.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import type { TablesDocument } from "../../data-prep/tables/document.ts";
import { isMovieLens } from "../../data-prep/words.ts";

/** The words of the data on the page, and the viewers that it offers. */
export interface DataWords {
    /** An item in the singular and the plural. */
    readonly noun: string;
    readonly nouns: string;
    /** The types of the events that the page sends: the most frequent first, without "not interested". */
    readonly events: readonly string[];
    readonly viewers: readonly OfferedViewer[];
    /** The data set to credit; empty for data of the owner. */
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

/** MovieLens' viewers: their ids are public. */
const knownViewers = ["22", "6", "122", "13", "201", "405"];
/** As many of a history as the page requests, so that both show one taste. */
const newestShown = 50;
/** Buttons for one item. */
const mostEvents = 3;
const mostImageOrigins = 10;

/**
 * The page's words, from manifest and tables; films that are watched without a manifest. It shows ids of other data's
 * users only if strangers may see histories: an id may be an e-mail address.
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
        // Its licence asks for it.
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

/** The most frequent web origins of the items' images, at most ten. */
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
