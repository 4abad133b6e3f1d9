import { frequentGenres } from "../../api/genres.ts";
import { noun, past } from "./data-words.ts";
import { spoken } from "./poster/lettering.ts";
import { type ItemList, type ListedItem, listed, wordsOfList } from "./words.ts";

/** The list from which the viewer opened an item. */
export interface Origin {
    readonly title: string;
    readonly list: ItemList;
}

export interface WhyAsked {
    readonly itemId: string;
    /**
     * Origin of the item in the dialog; undefined if the viewer opened the item by its address, or from another item.
     */
    readonly origin: Origin | undefined;
    /** Items that the page knows the viewer has watched. */
    readonly watched: readonly ListedItem[];
    /** The items that are most similar to this one; undefined until they are loaded. */
    readonly similar: readonly ListedItem[] | undefined;
    /** The viewer in a sentence, such as "you". */
    readonly who: string;
}

/** Returns the reasons for an item in sentences: its place in its list, and similar items that the viewer watched. */
export function explainItem({ itemId, origin, watched, similar, who }: WhyAsked): string[] {
    const because = origin?.list.because ?? [];
    const near = new Set(similar?.map((item) => item.itemId));
    // The table of similar items is not symmetric: A may list B although B does not list A. Check both directions.
    const [only] = because.length === 1 ? because : [];
    const close = watched.filter(
        (item) => item.itemId !== itemId && (near.has(item.itemId) || item.itemId === only?.itemId),
    );
    const names = (items: readonly ListedItem[]) => listed(items.map(({ title }) => spoken(title)));
    const others = because.filter((item) => item.itemId !== itemId);
    return [
        ...(origin ? describePlace(origin, itemId) : []),
        ...(close.length > 0
            ? [`Close to ${names(close)}, which ${who} ${past}.`]
            : others.length > 0
              ? [`The list has ${noun.many} like ${names(others)}.`]
              : []),
    ];
}

function describePlace({ title, list }: Origin, itemId: string): string[] {
    const place = list.items.findIndex((item) => item.itemId === itemId);
    if (place === -1) return [];
    const badge = wordsOfList(list)?.badge;
    return [`Number ${place + 1} of ${list.items.length} in “${title}”${badge === undefined ? "" : `: ${badge}`}.`];
}

/** Minimum number of watched items from which the page derives a taste. Fewer items show chance, not taste. */
const fewestWatched = 3;

/**
 * Returns a viewer's taste, from the watched items that the page knows, or else from the viewer's own list; undefined
 * if neither shows a taste. `who` is the viewer in a sentence, such as "you".
 */
export function tasteBy(watched: readonly ListedItem[], list: ItemList | undefined, who: string) {
    const byWatched = watched.length < fewestWatched ? [] : frequentGenres(watched);
    // Popular items reflect the taste of all viewers, not of this viewer.
    const isOwn = list?.viewerKnown === true && list.source !== undefined && list.source !== "popular";
    const genres = byWatched.length > 0 ? byWatched : isOwn ? frequentGenres(list.items) : [];
    if (genres.length === 0) return undefined;
    const by = byWatched.length > 0 ? `the ${noun.many} that ${who === "you" ? "you" : "they"} ${past}` : "this list";
    return { genres, sentence: `Mostly ${listed(genres, genres.length)}, by ${by}` };
}
