import type { ListedItem } from "../api/names.ts";
import type { Context } from "./context.ts";
import { listedById } from "./item-answers.ts";
import { examinedLength } from "./limits.ts";
import type { Tables } from "./table-answers.ts";

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
    /** The promotion of the list; absent without one. */
    readonly promotion?: ActivePromotion | undefined;
}

/** Items to which a share of a list belongs. */
export interface ActivePromotion {
    /** From 1 to 100. */
    readonly percent: number;
    readonly passes: (itemId: string) => boolean;
}

/** Checks whether a request names no filter, or one that the API can apply; otherwise only the campaign can. */
export const appliesFilter = ({ filter, passes }: { readonly filter?: string } & Pick<ListRules, "passes">): boolean =>
    filter === undefined || passes !== undefined;

type Candidate = { readonly itemId: string; readonly score?: number };

export interface SelectorParts extends Pick<Context, "tables" | "clock"> {
    /** Whether lists leave out items that are sold out or expired. */
    readonly hideUnavailable: boolean;
    /** Checks whether an operator hid an item. */
    readonly isHidden: (itemId: string) => boolean;
}

/**
 * Creates the function that turns candidates of any source, best first, into the items of a list, with their titles.
 * Leaves out items that are hidden, excluded, watched, unknown to the catalog or not available, or that do not pass
 * the filter. A promotion's items follow the same rules.
 */
export function listSelector({ tables, clock, hideUnavailable, isHidden }: SelectorParts) {
    return function select(
        candidates: Iterable<Candidate>,
        { count, exclude, watched, passes, promotion }: ListRules,
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
        const take = (from: Iterable<Candidate>, most: number, also = (_: string) => true) => {
            const items = new Map<string, ListedItem>();
            let examined = 0;
            for (const candidate of from) {
                if (items.size >= most || examined++ >= examinedLength) break;
                const { itemId } = candidate;
                if (shows(itemId) && also(itemId)) items.set(itemId, { ...listedById(loaded, itemId), ...candidate });
            }
            return items;
        };
        if (promotion === undefined) return [...take(candidates, count).values()];
        const pool = [...Iterator.from(candidates).take(examinedLength)];
        // Promoted items do not replace those of the source: without any, the caller tries the next source.
        if (take(pool, 1).size === 0) return [];
        const share = Math.round((count * promotion.percent) / 100);
        const promoted = take(concat(pool, loaded.popular()), share, promotion.passes);
        const others = take(pool, count - promoted.size, (itemId) => !promoted.has(itemId));
        return spread([...promoted.values()], [...others.values()]);
    };
}

function* concat(...lists: readonly Iterable<Candidate>[]) {
    for (const list of lists) yield* list;
}

/** Mixes promoted items evenly into the others: of each three items the last one, if a third is promoted. */
function spread(promoted: readonly ListedItem[], others: readonly ListedItem[]): ListedItem[] {
    const total = promoted.length + others.length;
    const [nextPromoted, nextOther] = [promoted.values(), others.values()];
    return Array.from({ length: total }, (_, at) => {
        const due = Math.floor(((at + 1) * promoted.length) / total) > Math.floor((at * promoted.length) / total);
        return due
            ? { ...(nextPromoted.next().value as ListedItem), promoted: true }
            : (nextOther.next().value as ListedItem);
    });
}

export type Select = ReturnType<typeof listSelector>;

/**
 * Returns the items of the best source of similar items that has any, or popular items.
 *
 * @param itemIds the newest item first
 */
export function similarItems(tables: Tables, select: Select, itemIds: readonly string[], rules: ListRules) {
    for (const { from, candidates } of tables.similar(itemIds)) {
        const items = select(candidates, rules);
        if (items.length > 0) return { from, items };
    }
    return { from: "popular" as const, items: [] };
}
