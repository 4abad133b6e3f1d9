import type { ItemAnswer, ItemListAnswer, ItemListReason, ListedItem, Source } from "../api/names.ts";
import { unpackItems } from "./item-scores.ts";
import type { ItemOrder } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Item, Tables } from "./table-answers.ts";

/** Number of items in the field `because` of a response. */
const maxBecause = 10;

/** Converts an item of the fallback tables to the API's format. */
export const itemAnswer = (item: Item): ItemAnswer => ({ ...item, genres: [...item.genres] });

/** Converts an item of the fallback tables to an item of a list. */
const listed = ({ viewers: _, genres, ...item }: Item): ListedItem => ({ ...item, genres: [...genres] });

/**
 * Returns the item with this ID. An item that was added after the tables were made has no title, so its ID replaces the
 * title.
 */
export const listedById = (tables: Pick<Tables, "item">, itemId: string): ListedItem =>
    listed(tables.item(itemId) ?? { itemId, title: itemId, year: null, genres: [], viewers: 0 });

export interface ListShown {
    readonly source: Source;
    readonly count: number;
    /** IDs of items that the answer leaves out. */
    readonly without?: ReadonlySet<string>;
    readonly reason?: ItemListReason | undefined;
}

/** Returns a list of the campaign with titles, and without items that lists may not show. */
export function answerList(
    tables: Tables,
    { items, recommendationId, madeAt }: ItemOrder & { readonly madeAt?: number },
    { source, count, without, reason }: ListShown,
): ItemListAnswer {
    const shown = unpackItems(items).filter(({ itemId }) => !without?.has(itemId) && tables.shows(itemId));
    return {
        source,
        ...(reason && { reason }),
        ...(recommendationId !== undefined && { recommendationId }),
        ...(madeAt !== undefined && { madeAt: new Date(madeAt).toISOString() }),
        items: shown.slice(0, count).map(({ itemId, ...score }) => ({ ...listedById(tables, itemId), ...score })),
    };
}

/**
 * Returns the fallback tables, for responses that need them. @throws ProblemError if the process could load no tables
 */
export function loadedTables(tables: Tables): Tables {
    if (tables.itemCount > 0) return tables;
    throw new ProblemError("failure", "The tables of this stack's data could not be loaded. Try again in a minute.");
}

/** Returns a list from the fallback tables. */
export const answerTable = (
    items: readonly Item[],
    { source, reason }: { readonly source: Source; readonly reason?: ItemListReason | undefined },
): ItemListAnswer => ({ source, ...(reason && { reason }), items: items.map(listed) });

/** Returns the known items on which a list is based. */
export const findBasisItems = (tables: Tables, itemIds: readonly string[]): ItemAnswer[] =>
    itemIds.slice(0, maxBecause).flatMap((itemId) => {
        const item = tables.item(itemId);
        return item === undefined ? [] : [itemAnswer(item)];
    });
