import { offeredViewers } from "../../app/serving/offered-viewers.ts";
import type { StackConfig } from "../../core/config/config.ts";
import { notInterested } from "../../core/config/watched.ts";
import { imageOrigin } from "../../data-prep/catalogue.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import type { TablesDocument } from "../../data-prep/tables/document.ts";
import { isMovieLens } from "../../data-prep/words.ts";

/**
 * The words with which the page describes the data. New data of the same kind does not change these words, so `retrain`
 * does not change the page.
 */
export interface DataWords {
    /** The word for an item, in the singular and the plural. */
    readonly noun: string;
    readonly nouns: string;
    /** Event types that the page sends, most frequent first, without `NotInterested`. */
    readonly events: readonly string[];
    /**
     * Number of viewers that the page offers. The page reserves space for them until the API's `/health` returns them.
     */
    readonly viewers: number;
    /** Name of the data set that the page credits as its source; empty for the stack owner's own data. */
    readonly credits: string;
    /** Whether callers without a token or the API key may see the films that a viewer watched. */
    readonly publicHistories: boolean;
}

/** Maximum number of action buttons that the page shows for one item. */
const maxEvents = 3;
const maxImageOrigins = 10;

/**
 * Returns the page's words, from the manifest and the fallback tables. Without a manifest, the words describe films
 * that viewers watch.
 */
export function dataWords(
    manifest: Manifest | undefined,
    { publicHistories }: Pick<StackConfig, "publicHistories">,
    tables?: Parameters<typeof offeredViewers>[0],
): DataWords {
    const events = (manifest?.eventTypes ?? []).map(({ name }) => name).filter((name) => name !== notInterested);
    return {
        noun: manifest?.noun.one ?? "film",
        nouns: manifest?.noun.many ?? "films",
        events: events.length > 0 ? events.slice(0, maxEvents) : ["Watch"],
        // The license of MovieLens requires this credit.
        credits: manifest === undefined || isMovieLens(manifest.sources[0]?.file ?? "") ? "MovieLens" : "",
        publicHistories,
        viewers: tables === undefined ? 0 : offeredViewers(tables, publicHistories).length,
    };
}

/** Returns the most frequent web origins of the items' images, at most ten. */
export function findImageOrigins({ films }: Pick<TablesDocument, "films">): string[] {
    const counts = new Map<string, number>();
    for (const details of films.details ?? []) {
        const origin = imageOrigin(details?.image ?? "");
        if (origin !== undefined) counts.set(origin, (counts.get(origin) ?? 0) + 1);
    }
    return [...counts]
        .sort((a, b) => b[1] - a[1])
        .slice(0, maxImageOrigins)
        .map(([origin]) => origin);
}
