import type { ServingConfig } from "../../config/config.ts";
import type { Manifest } from "../../data-prep/manifest.ts";
import { isMovieLens } from "../../data-prep/words.ts";

/** The words of the data on the page, and the viewers that it offers. */
export interface DataWords {
    /** An item in the singular and the plural. */
    readonly noun: string;
    readonly nouns: string;
    /** The type of the events that the page sends. */
    readonly event: string;
    readonly viewers: readonly string[];
    /** The data set to credit; empty for data of the owner. */
    readonly credits: string;
    /** Whether strangers may see the films that a viewer watched. */
    readonly publicHistories: boolean;
}

/** MovieLens' viewers: their ids are public. */
const knownViewers = ["22", "6", "122", "13", "201", "405"];

/**
 * The page's words, from the manifest; films that are watched without one. It shows ids of other data's users only if
 * strangers may see histories: an id may be an e-mail address.
 */
export function dataWords(
    manifest: Manifest | undefined,
    { publicHistories }: Pick<ServingConfig, "publicHistories">,
): DataWords {
    const viewers = manifest?.viewers ?? knownViewers;
    return {
        noun: manifest?.noun.one ?? "film",
        nouns: manifest?.noun.many ?? "films",
        event: manifest?.eventTypes[0]?.name ?? "Watch",
        // Its licence asks for it.
        credits: manifest === undefined || isMovieLens(manifest.sources[0]?.file ?? "") ? "MovieLens" : "",
        publicHistories,
        viewers: publicHistories ? viewers : viewers.filter((viewer) => knownViewers.includes(viewer)),
    };
}
