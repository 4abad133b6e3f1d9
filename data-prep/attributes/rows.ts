import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { messageOf } from "terminal-text";
import type { AvroField, AvroSchema } from "../avro.ts";
import { schemaPath } from "../files.ts";
import { parseRecords } from "../reading/scan.ts";
import { abbreviate } from "../values.ts";
import { fieldText, isNumber } from "./content.ts";

/** The rows of an Items or Users dataset: each value as the text of the CSV, empty if it is missing. */
export interface Rows {
    /** The columns without the ID. */
    readonly fields: readonly AvroField[];
    readonly byId: ReadonlyMap<string, readonly string[]>;
}

/** Reads the rows of a CSV of items or users whose columns are those of the schema, the ID first. Throws for another CSV. */
export function parseRows(csv: Uint8Array, schema: AvroSchema): Rows {
    const [header = [], ...records] = parseRecords(csv, { delimiter: ",", quotes: true, escape: "\\" });
    const [id, ...fields] = schema.fields;
    if (!/^(ITEM|USER)_ID$/.test(id?.name ?? "") || schema.fields.some(({ name }, at) => name !== header[at])) {
        throw new Error(`its columns are ${header.join(", ")}, not those of its schema with the ID first`);
    }
    return { fields, byId: new Map(records.map(([rowId = "", ...values]) => [rowId, values])) };
}

/**
 * Reads the rows of a CSV of items or users that data-prep wrote, with its schema beside it; undefined if one of the
 * files does not exist. Throws errors of the file system, and an Error for another CSV.
 */
export async function readRows(csvPath: string): Promise<Rows | undefined> {
    const schemaFile = schemaPath(csvPath);
    if (!existsSync(csvPath) || !existsSync(schemaFile)) return undefined;
    try {
        return parseRows(await readFile(csvPath), JSON.parse(await readFile(schemaFile, "utf8")));
    } catch (error) {
        throw new Error(`${csvPath} is not a file of data-prep: ${messageOf(error)}`);
    }
}

/** Rows after a change. */
export interface ChangedRows {
    readonly rows: Rows;
    /** IDs of the rows that are new or differ. */
    readonly changed: readonly string[];
    /** Names of the given columns that the dataset does not have. */
    readonly unknown: readonly string[];
}

/**
 * Replaces the rows whose IDs `given` has, and adds the new ones. A column that `given` lacks keeps its values.
 *
 * @throws Error for a value that the schema of `before` does not allow
 */
export function changeRows(before: Rows, given: Rows): ChangedRows {
    const { fields } = before;
    const columnOf = fields.map(({ name }) => given.fields.findIndex((field) => field.name === name));
    const byId = new Map(before.byId);
    const changed: string[] = [];
    for (const [id, values] of given.byId) {
        const old = before.byId.get(id);
        const row = fields.map((field, at) => {
            const column = columnOf[at] as number;
            return column === -1 ? (old?.[at] ?? "") : fieldText(values[column] ?? "", field, (text) => text);
        });
        if (old !== undefined && row.every((value, at) => value === old[at])) continue;
        fields.forEach((field, at) => {
            checkValue(id, field, row[at] as string);
        });
        byId.set(id, row);
        changed.push(id);
    }
    const unknown = given.fields.filter(({ name }) => !fields.some((field) => field.name === name));
    return { rows: { fields, byId }, changed, unknown: unknown.map(({ name }) => name) };
}

function checkValue(id: string, { name, type }: AvroField, value: string): void {
    const isOptional = typeof type !== "string";
    const own = isOptional ? type[1] : type;
    if (value === "" && isOptional) return;
    const fits = own === "string" ? value !== "" : isNumber(value) && (!/int|long/.test(own) || /^-?\d+$/.test(value));
    if (fits) return;
    const found = value === "" ? "no value" : `the value "${abbreviate(value, 40)}"`;
    throw new Error(`${abbreviate(id, 40)} has ${found} in column ${name}, whose type in the schema is ${own}`);
}

/**
 * Returns a row as the text of a record's `properties` in PutItems and PutUsers: a JSON object whose keys are the
 * columns in camel case (API reference, "Item": NUM_ADS is `numAds`). A missing value has no key.
 */
export function toProperties(fields: readonly AvroField[], row: readonly string[]): string {
    const entries = fields.flatMap(({ name, type }, at) => {
        const value = row[at] ?? "";
        const own = typeof type === "string" ? type : type[1];
        if (value === "") return [];
        // A number can have more digits than a number of JavaScript, so an integer stays a text.
        const written = own === "string" ? JSON.stringify(value) : /int|long/.test(own) ? value : String(Number(value));
        return [`${JSON.stringify(camelCase(name))}:${written}`];
    });
    return `{${entries.join(",")}}`;
}

const camelCase = (name: string) =>
    name.toLowerCase().replaceAll(/_+([a-z\d])/g, (_, letter: string) => letter.toUpperCase());
