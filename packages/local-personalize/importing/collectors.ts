import { existsSync, readFileSync } from "node:fs";
import type { RawAttributes } from "filter-grammar";
import type { Field } from "../control/avro.ts";
import { createRowCollector, eachRow, loadRows, saveRows, writeWhole } from "./rows.ts";

/**
 * Collects the rows of an import and writes them in the file format of their dataset type. A row is a list of values in
 * the order of the schema's fields.
 */
export interface Collector {
    take(values: string[]): void;
    /**
     * Writes the rows to `file`, with `now` (epoch milliseconds) as the time of the import. If the file has `before`
     * rows, adds the rows to them; if `before` is 0, replaces the file. Returns the new number of rows.
     */
    keep(file: string, before: number, now: number): number;
    /** Returns the IDs of the rows; none for interactions. */
    ids(): Iterable<string>;
}

/**
 * Returns the collector of a dataset type. It stores interactions in columns, and items, users and actions by their
 * ids. For other dataset types, it stores only the number of rows.
 */
export function createCollector(datasetType: string, fields: Field[]): Collector {
    if (datasetType === "INTERACTIONS") return collectInteractions(fields);
    const idPlace = fields.findIndex(({ name }) => name === idColumns[datasetType]);
    return idPlace < 0 ? countRows() : collectById(fields, idPlace);
}

const idColumns: Record<string, string> = { ITEMS: "ITEM_ID", USERS: "USER_ID", ACTIONS: "ACTION_ID" };

function collectInteractions(fields: Field[]): Collector {
    const names = ["USER_ID", "ITEM_ID", "EVENT_TYPE", "TIMESTAMP", "EVENT_VALUE"];
    const places = names.map((name) => fields.findIndex((field) => field.name === name));
    const others = [...fields.keys()].filter((place) => !names.includes(fields[place]?.name ?? ""));
    const columns = others.map((place) => fields[place]?.name ?? "");
    const rows = createRowCollector(columns);
    return {
        take(values) {
            const [user, item, event, timestamp, value] = places.map((place) => values[place] ?? "");
            const texts = others.map((place) => values[place] ?? "");
            rows.add(user ?? "", item ?? "", event ?? "", Number(timestamp), value ? Number(value) : Number.NaN, texts);
        },
        keep(file, before, now) {
            const imported = rows.userCount();
            const earlier = before > 0 ? loadRows(file) : undefined;
            if (earlier) eachRow(earlier, rows.add, columns);
            const all = rows.finish();
            const earlierAt = new Map(earlier?.userIds.map((id, user) => [id, earlier.importedAt?.[user] ?? 0]));
            // Users are numbered by their first row, and the rows of this import come first, so its users have the
            // lowest numbers.
            const importedAt = all.userIds.map((id, user) => (user < imported ? now : (earlierAt.get(id) ?? 0)));
            saveRows(file, { ...all, importedAt });
            return all.timestamps.length;
        },
        ids: () => [],
    };
}

function collectById(fields: Field[], idPlace: number): Collector {
    const rows: AttributeRows = new Map();
    return {
        take(values) {
            const row = fields.map(({ name }, index): [string, string] => [name, values[index] ?? ""]);
            // If several records have one ID, the last one counts.
            rows.set(values[idPlace] ?? "", Object.fromEntries(row));
        },
        keep(file, before) {
            const all = before > 0 ? new Map([...loadAttributeRows(file), ...rows]) : rows;
            saveAttributeRows(file, all);
            return all.size;
        },
        ids: () => rows.keys(),
    };
}

/** Counts the rows of datasets that the emulator does not use. */
function countRows(): Collector {
    let count = 0;
    return {
        take: () => void count++,
        keep: (_, before) => before + count,
        ids: () => [],
    };
}

/** The rows of an Items or Users dataset after the finished imports; the keys are the IDs of the items or users. */
export type AttributeRows = Map<string, RawAttributes>;

/** Writes rows to `file`, completely or not at all. */
export const saveAttributeRows = (file: string, rows: AttributeRows): void =>
    writeWhole(file, JSON.stringify([...rows]));

/** Reads the rows; returns none before the first import. */
export function loadAttributeRows(file: string): AttributeRows {
    return existsSync(file) ? new Map(JSON.parse(readFileSync(file, "utf8"))) : new Map();
}

/** Returns the text of a row's value; empty without one. */
export const textOf = (row: RawAttributes, name: string) => String((Object.hasOwn(row, name) ? row[name] : null) ?? "");
