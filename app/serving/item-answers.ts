import type { ItemAnswer, ItemListAnswer, ItemListReason, ListedItem, Source } from "../api/names.ts";
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

/** Returns the answer with a list, and where its items come from. */
export const answerList = (
    items: ListedItem[],
    { source, reason, recommendationId, madeAt }: ListOrigin,
): ItemListAnswer => ({
    source,
    ...(reason && { reason }),
    ...(recommendationId !== undefined && { recommendationId }),
    ...(madeAt !== undefined && { madeAt: new Date(madeAt).toISOString() }),
    items,
});

interface ListOrigin {
    readonly source: Source;
    readonly reason?: ItemListReason | undefined;
    readonly recommendationId?: string | undefined;
    /** Epoch milliseconds; absent for a list from the fallback tables. */
    readonly madeAt?: number;
}

/**
 * Returns the fallback tables, for responses that need them. @throws ProblemError if the process could load no tables
 */
export function loadedTables(tables: Tables): Tables {
    if (tables.itemCount > 0) return tables;
    throw new ProblemError("failure", "The tables of this stack's data could not be loaded. Try again in a minute.");
}

/** Returns the known items on which a list is based. */
export const findBasisItems = (tables: Tables, itemIds: readonly string[]): ItemAnswer[] =>
    itemIds.slice(0, maxBecause).flatMap((itemId) => {
        const item = tables.item(itemId);
        return item === undefined ? [] : [itemAnswer(item)];
    });
