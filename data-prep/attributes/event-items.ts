import type { Decimal } from "../numbers.ts";
import { type Extra, namedColumns, type Roles } from "../reading/roles.ts";
import type { Table } from "../reading/table.ts";
import { isEmpty } from "./content.ts";
import { type ItemTable, itemNames, tableItems } from "./items-table.ts";
import type { Records } from "./read.ts";

const parts = ["title", "category", "price"] as const;
/** Least share of an item's rows that repeat its first title, so that titles of reviews do not become those of items. */
const leastRepeated = 0.9;

/** Returns the columns of events that describe their items: title and category, if they are equal in all rows of an item, and price. */
export function detailColumns({ names, sample }: Table, roles: Roles & { readonly item: number }): Extra[] {
    const { title, category, price } = itemNames;
    const found = namedColumns<string>({ title, category, price }, names, roles);
    const describesItem = (column: number) => {
        const filled = sample.filter((row) => !isEmpty(row[column] ?? ""));
        const rows = Map.groupBy(filled, (row) => row[roles.item]);
        const repeated = [...rows.values()].flatMap(([first, ...more]) =>
            more.map((row) => row[column] === first?.[column]),
        );
        return repeated.length > 0 && repeated.filter(Boolean).length >= leastRepeated * repeated.length;
    };
    return parts.flatMap((name) => {
        const column = found[name];
        return column === undefined || (name !== "price" && !describesItem(column)) ? [] : [{ name, column }];
    });
}

/** Collects the newest value of each part of an item that is not empty. Items are numbers from 0. */
export function createDetails() {
    const newest = parts.map(() => ({ seconds: [] as number[], texts: [] as string[] }));
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
        const filled = newest.flatMap(({ texts }, at) =>
            texts.length > 0 ? [{ name: parts[at] as string, texts }] : [],
        );
        if (filled.length === 0) return undefined;
        const rows = ids.map((id, item) => [id, ...filled.map(({ texts }) => texts[item] ?? "")]);
        return { name: "the events", columns: ["item", ...filled.map(({ name }) => name)], rows, lines: [], bad: [] };
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
    } catch (error) {
        const at = records.columns.indexOf("price");
        if (at < 0) throw error;
        const [columns, rows] = [records.columns.toSpliced(at, 1), records.rows.map((row) => row.toSpliced(at, 1))];
        const notUnderstood = ["price (--decimal names its decimal sign)"];
        return { ...tableItems({ ...records, columns, rows }, undefined, {}), notUnderstood };
    }
}

/** Returns the columns of a plan's details in the order title, category, price. */
export const orderedDetails = (details: readonly Extra[]): readonly (number | undefined)[] =>
    parts.map((part) => details.find(({ name }) => name === part)?.column);
