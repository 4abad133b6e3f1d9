import type { components } from "../../api/types.ts";
import { done, noun, person } from "./data-words.ts";
import { drawFor } from "./poster/seed.ts";

export type Item = components["schemas"]["Item"];
export type ListedItem = components["schemas"]["ListedItem"];
export type ItemList = components["schemas"]["ItemList"];
export type FoundItems = components["schemas"]["FoundItems"];
export type History = components["schemas"]["History"];
export type PastItem = components["schemas"]["PastItem"];
export type Health = components["schemas"]["Health"];
export type Source = components["schemas"]["Source"];
export type Reason = NonNullable<ItemList["reason"]>;

/** Returns the items without repetition: only the first item with each ID. */
export const unique = <Each extends { readonly itemId: string }>(items: readonly Each[]): Each[] =>
    [...new Map(items.toReversed().map((item) => [item.itemId, item])).values()].reverse();

/** Sentence that explains the order of popular items: the weight of an event decreases with its age. */
export const popularWords = `${noun.Many} ${done} most, where recent times count more`;

/** Texts about the source of a list: a short badge and a sentence, by source. */
export const sourceWords: Readonly<Record<Source, { readonly badge: string; readonly sentence: string }>> = {
    campaign: {
        badge: "Personal (live)",
        sentence: `Amazon Personalize made this list for this ${person.one} just now.`,
    },
    cache: {
        badge: "Personal (cached)",
        sentence: `Amazon Personalize made this list for this ${person.one} earlier. It comes from a cache, so this request cost nothing.`,
    },
    precomputed: {
        badge: "Personal (precomputed)",
        sentence: `Amazon Personalize made this list for this ${person.one} in advance.`,
    },
    batch: {
        badge: "Personal (batch)",
        sentence: `A batch inference job of Amazon Personalize made this list for this ${person.one}. ${noun.Many} like the newest ones are ranked higher.`,
    },
    similar: {
        badge: `Similar ${noun.many}`,
        sentence: `${noun.Many} ${done} by the same ${person.many}, from a table made of the interactions. No call of the campaign.`,
    },
    popular: {
        badge: `Popular ${noun.many}`,
        sentence: `From a table that is equal for all ${person.many}. ${popularWords}. No call of the campaign.`,
    },
};

/**
 * Badge and sentence for the list of a viewer who is not in the data. Such a list contains popular items, even if the
 * campaign made it.
 */
export const unknownViewerWords = {
    badge: `Popular: ${person.one} not known`,
    sentence: `This ${person.one} is not known, so these are popular ${noun.many}. The list becomes personal with the first ${noun.one}.`,
};

/** Badge and sentence for the list of a viewer of whom the API cannot tell now whether the data has them. */
const perhapsKnownWords = {
    badge: "Recommendations",
    sentence: `The API cannot tell now whether this ${person.one} is known, so this list may not be personal.`,
};

/** Checks whether a list comes from a model, and not from the tables that are equal for all viewers. */
export const isOfModel = ({ source }: Pick<ItemList, "source">) => source !== "similar" && source !== "popular";

/**
 * Returns badge and sentence for the source of a list; undefined if the API does not name the source, as in an
 * experiment. Only the list of a known viewer is personal.
 */
export function wordsOfList({ source, viewerKnown }: Pick<ItemList, "source" | "viewerKnown">) {
    if (source === undefined) return undefined;
    if (viewerKnown === false) return unknownViewerWords;
    return viewerKnown || !isOfModel({ source }) ? sourceWords[source] : perhapsKnownWords;
}

/** Reasons why the campaign did not make a list. */
export const reasonWords: Readonly<Record<Reason, string>> = {
    away: "there is currently no campaign",
    throttled: "the campaign currently gets too many requests",
    slow: "the campaign took too long",
    failed: "the campaign did not answer",
    "filter-not-served": "this filter needs the campaign",
    "no-list": `the newest batch job made no list for this ${person.one}`,
};

const lowStock = 5;
/** Returns the stock of an item in words, if it is low. */
export function describeStock({ stock }: Pick<ListedItem, "stock">): string | undefined {
    if (stock === undefined || stock > lowStock) return undefined;
    return stock > 0 ? `Only ${stock} left` : "Sold out";
}

/** Formats US dollars with cents. */
export const usd = (amount: number) => amount.toLocaleString("en-US", { style: "currency", currency: "USD" });

/** Returns the name of a month such as `2026-11`. */
export const monthName = (month: string): string =>
    new Date(`${month}-01T00:00:00Z`).toLocaleDateString("en-US", { month: "long", year: "numeric", timeZone: "UTC" });

/** Units of an age, with their seconds. */
const units = [["day", 86_400] as const, ["hour", 3600] as const, ["minute", 60] as const];

/** Returns the age in words, for example "3 minutes ago". */
export function ago(at: string, now = Date.now()): string {
    const seconds = Math.max(0, Math.round((now - Date.parse(at)) / 1000));
    if (!Number.isFinite(seconds)) return "at an unknown time";
    if (seconds < 5) return "just now";
    const [unit, length] = units.find(([, length]) => seconds >= length) ?? ["second", 1];
    const count = Math.floor(seconds / length);
    return `${count} ${unit}${count === 1 ? "" : "s"} ago`;
}

/** Returns the day of a time, for example "Apr 3, 1998". */
export const formatDay = (at: string): string =>
    new Date(at).toLocaleDateString("en-US", { dateStyle: "medium", timeZone: "UTC" });

export const milliseconds = (ms: number) => (ms < 10 ? `${ms.toFixed(1)} ms` : `${Math.round(ms)} ms`);

/** Joins names as "a", "a and b", or "a, b and 3 more". */
export function listed(names: readonly string[], most = 2): string {
    const shown = names.slice(0, names.length === most + 1 ? most + 1 : most);
    const rest = names.length - shown.length;
    if (rest > 0) return `${shown.join(", ")} and ${rest} more`;
    return shown.length < 2 ? shown.join("") : `${shown.slice(0, -1).join(", ")} and ${shown.at(-1)}`;
}

/**
 * Splits genres into those that fit into the number of letters `letters` (at least one genre), and the remaining
 * genres. Removes duplicates.
 */
export function shortened(
    genres: readonly string[],
    letters: number,
): { readonly shown: string[]; readonly rest: string[] } {
    const all = [...new Set(genres)];
    let used = 0;
    const count = all.findIndex((genre, place) => {
        used += genre.length + ", ".length;
        return place > 0 && used > letters;
    });
    return count === -1 ? { shown: all, rest: [] } : { shown: all.slice(0, count), rest: all.slice(count) };
}

/** Short given names of many languages, without accents, so that every font can show them. */
const givenNames =
    "Ada Alma Amir Anouk Arlo Asha Bela Bruno Carla Cleo Dario Dina Elif Emil Esra Farid Fay Gia Hana Hugo Ida Ines Iris Ivo Jalal Jana Jonas Kemal Kira Lars Lea Luca Maja Mateo Mina Nadia Nils Noor Olga Omar Otto Pia Rafa Ravi Rosa Ruben Sami Selma Soren Tara Timo Uma Vera Wim Yara Yuki Zeno Zoe".split(
        " ",
    ) as [string, ...string[]];

/** Maximum length of an ID that the page shows unchanged. */
const longestShown = 12;

/** Shortens an ID to its most distinctive part: the beginning of a UUID, the end of any other ID. */
export function shortId(viewer: string): string {
    const letters = [...viewer];
    if (letters.length <= longestShown) return viewer;
    return /^[\da-f-]+$/i.test(viewer) ? `${letters.slice(0, 8).join("")}…` : `…${letters.slice(-8).join("")}`;
}

/**
 * Returns a given name for a viewer's ID, the same one at each visit. Two IDs may share a name, so the page shows the
 * ID beside it. Returns undefined for an ID without a digit, which already reads as a name, and for a long ID, which
 * nobody reads.
 */
export function chooseGivenName(viewer: string): string | undefined {
    if (!/\p{Nd}/u.test(viewer) || viewer.length > longestShown) return undefined;
    return drawFor(`name ${viewer}`).of(givenNames);
}
