import type { ListedItem } from "../api/names.ts";
import type { Context } from "./context.ts";
import { listedById } from "./item-answers.ts";

/** The rules that a request and its viewer set for a list, whatever its source. */
export interface ListRules {
    /** Maximum number of items. */
    readonly count: number;
    /** IDs of items that the request leaves out. */
    readonly exclude: ReadonlySet<string>;
    /** IDs of items that the viewer watched or refused; absent if the list may contain them. */
    readonly watched?: ReadonlySet<string>;
    /** Checks whether an item passes the request's filter; absent without a filter that the API can apply. */
    readonly passes?: ((itemId: string) => boolean) | undefined;
}

export interface SelectorParts extends Pick<Context, "tables" | "clock"> {
    /** Whether lists leave out items that are sold out or expired. */
    readonly hideUnavailable: boolean;
    /** Checks whether an operator hid an item. */
    readonly isHidden: (itemId: string) => boolean;
}

/**
 * Creates the function that turns candidates of any source, best first, into the items of a list, with their titles.
 * Leaves out items that are hidden, excluded, watched, unknown to the catalogue or not available, or that do not pass
 * the filter.
 */
export function listSelector({ tables, clock, hideUnavailable, isHidden }: SelectorParts) {
    return function select(
        candidates: Iterable<{ readonly itemId: string; readonly score?: number }>,
        { count, exclude, watched, passes }: ListRules,
    ): ListedItem[] {
        const loaded = tables();
        const at = clock();
        const shows = (itemId: string) =>
            loaded.has(itemId) &&
            !exclude.has(itemId) &&
            !watched?.has(itemId) &&
            !isHidden(itemId) &&
            (!hideUnavailable || loaded.isAvailable(itemId, at)) &&
            (passes?.(itemId) ?? true);
        const items: ListedItem[] = [];
        for (const candidate of candidates) {
            if (items.length >= count) break;
            if (shows(candidate.itemId)) items.push({ ...listedById(loaded, candidate.itemId), ...candidate });
        }
        return items;
    };
}

export type Select = ReturnType<typeof listSelector>;
