import type { Decimal } from "../numbers.ts";
import { namedColumns, type Roles } from "../reading/roles.ts";
import type { Table } from "../reading/table.ts";
import { isEmpty } from "./content.ts";
import { type ItemTable, itemNames, tableItems } from "./items-table.ts";
import type { Records } from "./read.ts";

export const detailParts = ["title", "category", "price"] as const;
/** Least share of an item's rows that repeat its first title, so that titles of reviews do not become those of items. */
const leastRepeated = 0.9;

/**
 * Returns the columns of events that describe their items, in the order of `detailParts`: title and category, if they are
 * equal in all rows of an item, and price. Returns an empty list if there is none.
 */
export function detailColumns({ names, sample }: Table, roles: Roles): readonly (number | undefined)[] {
    const { title, category, price } = itemNames;
    const found = namedColumns<string>({ title, category, price }, names, roles);
    const describesItem = (column: number) => {
        const filled = sample.filter((row) => !isEmpty(row[column] ?? ""));
        const rows = Map.groupBy(filled, (row) => row[roles.item ?? -1]);
        const repeated = [...rows.values()].flatMap(([first, ...more]) =>
            more.map((row) => row[column] === first?.[column]),
        );
        return repeated.length > 0 && repeated.filter(Boolean).length >= leastRepeated * repeated.length;
    };
    const columns = detailParts.map((part) => {
        const column = found[part];
        return column !== undefined && (part === "price" || describesItem(column)) ? column : undefined;
    });
    return columns.every((column) => column === undefined) ? [] : columns;
}

/** Collects the newest value of each part of an item that is not empty. Items are numbers from 0. */
export function createDetails() {
    const newest = detailParts.map(() => ({ seconds: [] as number[], texts: [] as string[] }));
    /** Notes an item's values at a time, in the order title, category, price. */
    const note = (item: number, seconds: number, values: readonly string[]): void => {
        for (const [at, part] of newest.entries()) {
            const value = values[at] ?? "";
            if (isEmpty(value) || (part.seconds[item] ?? 0) > seconds) continue;
            part.seconds[item] = seconds;
            part.texts[item] = value;
        }
    };
    /** Returns a table of the items with these ids; undefined if no value was noted. */
    const finish = (ids: readonly string[]): Records | undefined => {
        if (newest.every(({ texts }) => texts.length === 0)) return undefined;
        const rows = ids.map((id, item) => [id, ...newest.map(({ texts }) => texts[item] ?? "")]);
        return { name: "the events", columns: ["item", ...detailParts], rows, lines: [], bad: [] };
    };
    return { note, finish };
}

/**
 * Returns the items that events describe. Leaves out prices with several readings, such as `1,299`, because data is
 * usable without prices.
 */
export function itemsOfEvents(records: Records, decimal: Decimal | undefined): ItemTable {
    try {
        return tableItems(records, undefined, { decimal });
    } catch {
        const withoutPrice = { ...records, rows: records.rows.map((row) => row.with(-1, "")) };
        const notUnderstood = ["price (--decimal names its decimal sign)"];
        return { ...tableItems(withoutPrice, undefined, {}), notUnderstood };
    }
}
