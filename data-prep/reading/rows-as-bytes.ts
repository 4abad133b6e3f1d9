import { brotliDecompressSync, gunzipSync, zstdDecompressSync } from "node:zlib";
import type { AsyncBuffer, Compressors, FileMetaData } from "hyparquet";
import { messageOf } from "terminal-text";
import type { Dialect } from "./scan.ts";

/** Dialect of the text tables into which JSON lines and Parquet are converted, so that one reader checks all values. */
export const converted: Dialect = { delimiter: "\u001f", quotes: false, escape: '"' };

/** A line that is not valid JSON becomes a row with one field. This prefix marks the field. */
const notJson = "\u0000";
/** The only character of the row of a JSON object whose list has no element. */
export const noElement = "\u0001";
const longestLine = 1 << 25;

/** A row of JSON or Parquet: its values by the names of their columns. */
export type Row = Record<string, unknown>;
type Hyparquet = typeof import("hyparquet");

/** Maximum number of columns: rows that each have their own keys would become a table that is too large. */
const maxColumns = 1_000;

/**
 * Returns the column names of flat rows, in order of appearance. A list that is empty in some rows has only the columns
 * of its elements.
 *
 * @throws Error if there are more than 1,000
 */
export function collectColumnNames(file: string, rows: readonly Row[]): string[] {
    const names = new Set<string>();
    for (const row of rows) {
        for (const name of Object.keys(row)) names.add(name);
        if (names.size > maxColumns) {
            throw new Error(
                `${file} has more than 1,000 columns in its first rows. Write a file with the needed columns only.`,
            );
        }
    }
    const lists = new Set([...names].map(listOf));
    return [...names].filter((name) => !lists.has(name));
}

/** Returns the name of the list with a column such as `items[].item_id`; undefined for other columns. */
export const listOf = (name: string): string | undefined => /^(.+?)\[\]\./.exec(name)?.[1];

/** Returns those of the columns that contain a number, and nothing but numbers. */
export function findNumberColumns(rows: readonly Row[], names: readonly string[]): string[] {
    return names.filter((name) => {
        const values = rows.map((row) => row[name] ?? undefined).filter((value) => value !== undefined);
        return values.length > 0 && values.every((value) => typeof value === "number");
    });
}

/** Keeps all digits of an integer above 2^53, because many IDs have 64 bits. */
function withAllDigits(_name: string, value: unknown, context?: { readonly source?: string }): unknown {
    const source = context?.source ?? "";
    return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
}

/** Returns the rows of JSON lines; undefined for a line that is not a JSON object. */
export function jsonRows(lines: readonly string[]): (Row | undefined)[] {
    return lines.map((line) => {
        try {
            const row: unknown = JSON.parse(line, /\d{16}/.test(line) ? withAllDigits : undefined);
            return typeof row === "object" && row !== null && !Array.isArray(row) ? (row as Row) : undefined;
        } catch {
            return undefined;
        }
    });
}

/**
 * Yields JSON lines as a text table with a header. Line `n` becomes line `n + 1`. With `list`, each element of this list
 * becomes a row; all rows of a line but the last one end with `\r\n`, so that a reader can count the lines. Expects UTF-8
 * in `source`.
 */
export async function* jsonTable(
    source: AsyncIterable<Uint8Array>,
    names: readonly string[],
    list?: string,
): AsyncGenerator<Uint8Array> {
    yield lineOf(names);
    const decoder = new TextDecoder("utf-8", { fatal: true });
    let rest = "";
    const write = (lines: string[]) =>
        Buffer.concat(
            jsonRows(lines).map((row, index) => {
                const line = lines[index] as string;
                if (line.trim() === "") return Buffer.from("\n");
                return row ? rowsOf(row, names, list) : lineOf([`${notJson}${line}`]);
            }),
        );
    for await (const chunk of source) {
        const lines = (rest + decoder.decode(chunk, { stream: true })).split("\n");
        rest = lines.pop() ?? "";
        if (rest.length > longestLine)
            throw new Error("a line is longer than 32 MiB: this is not a file of JSON lines");
        yield write(lines);
    }
    rest += decoder.decode();
    if (rest !== "") yield write([rest]);
}

/** Maximum size of a decompressed page of Parquet, in bytes. Writers make pages of about 1 MiB. */
const maxPageBytes = 2 ** 28;

/** Returns a codec that decompresses a page to the size in its header, and fails if the page is larger. */
const limited =
    (decompress: (bytes: Uint8Array, maxOutputLength: number) => Uint8Array) => (bytes: Uint8Array, size: number) => {
        if (size > maxPageBytes) {
            throw new Error(`a page of the file has ${Math.round(size / 2 ** 20)} MiB, and 256 MiB are the maximum`);
        }
        try {
            return decompress(bytes, Math.max(1, size));
        } catch (error) {
            throw new Error(`a page of the file is damaged (${messageOf(error)})`);
        }
    };

/** Returns the codecs of Parquet. hyparquet has Snappy, and is loaded for Parquet files only. */
export const createCompressors = ({ snappyUncompress }: Pick<Hyparquet, "snappyUncompress">): Compressors => ({
    SNAPPY: limited((bytes, size) => {
        const page = new Uint8Array(size);
        snappyUncompress(bytes, page);
        return page;
    }),
    GZIP: limited((bytes, maxOutputLength) => gunzipSync(bytes, { maxOutputLength })),
    BROTLI: limited((bytes, maxOutputLength) => brotliDecompressSync(bytes, { maxOutputLength })),
    ZSTD: limited((bytes, maxOutputLength) => zstdDecompressSync(bytes, { maxOutputLength })),
});

/** Number of rows of a Parquet file that are converted at a time. */
const rowsAPiece = 4_000;

/**
 * Yields a Parquet file as a text table with a header. Row `n`, from 1, becomes line `n + 1`. Columns are read one
 * group of rows at a time. Rows do not become objects, because these take most of the time.
 */
export async function* parquetTable(
    file: AsyncBuffer,
    metadata: FileMetaData,
    names: readonly string[],
): AsyncGenerator<Uint8Array> {
    const hyparquet = await import("hyparquet");
    const compressors = createCompressors(hyparquet);
    yield lineOf(names);
    const places = names.map((name) => {
        const [column = "", ...inner] = name.split(".");
        return { column, inner: inner.length === 0 ? undefined : inner.join(".") };
    });
    const columns = [...new Set(places.map(({ column }) => column))];
    const scan = await hyparquet.parquetScan({ file, metadata, compressors, columns, useOffsetIndex: false });
    for (const { rowStart, rowEnd } of scan.ranges) {
        const read = columns.map((column) => scan.readColumn({ column, rowStart, rowEnd }));
        const values = await Promise.all(read);
        const fields = places.map(({ column, inner }) => ({ inner, values: values[columns.indexOf(column)] ?? [] }));
        for (let from = 0; from < rowEnd - rowStart; from += rowsAPiece) {
            yield linesOf(fields, from, Math.min(from + rowsAPiece, rowEnd - rowStart));
        }
    }
}

/** A column of a Parquet file, or the field `inner` of a column whose values are records. */
interface Field {
    readonly values: ArrayLike<unknown>;
    readonly inner: string | undefined;
}

function linesOf(fields: readonly Field[], from: number, to: number): Buffer {
    let text = "";
    for (let row = from; row < to; row++) {
        let separator = "";
        for (const { values, inner } of fields) {
            text += separator + fieldOf(values[row], inner);
            separator = converted.delimiter;
        }
        text += "\n";
    }
    return Buffer.from(text);
}

/** Returns the text of a column's value, or of the value inside its record. Returns no text for the record itself. */
function fieldOf(value: unknown, inner: string | undefined): string {
    if (typeof value === "number" || typeof value === "bigint") return inner === undefined ? String(value) : "";
    if (!isRecord(value)) return inner === undefined ? withoutControls(textOf(value)) : "";
    return inner === undefined ? "" : withoutControls(textOf(value[inner]));
}

const isRecord = (value: unknown): value is Row =>
    typeof value === "object" && Object.prototype.toString.call(value) === "[object Object]";

/** Checks whether a value is a list of records. Lists of keys with values, such as GA4's `event_params`, are no such list. */
const isList = (value: unknown): value is readonly Row[] =>
    Array.isArray(value) && isRecord(value[0]) && !("key" in value[0] && "value" in value[0]);

/**
 * Returns the values of a row by column: those of a record as `outer.inner`, and with `at` those of one element of each
 * list of records as `outer[].inner`.
 */
export function flat(row: Row, at?: number): Row {
    const entries = Object.entries(row).flatMap(([name, value]): [string, unknown][] => {
        const isElement = at !== undefined && isList(value);
        const record = isElement ? (value[at] ?? {}) : value;
        if (!isRecord(record)) return [[name, record]];
        return Object.entries(record).map(([inner, each]) => [`${name}${isElement ? "[]" : ""}.${inner}`, each]);
    });
    return Object.fromEntries(entries);
}

/** Returns a flat row for each element of the longest list of records in a row; one without such a list. */
export function elementRows(row: Row): Row[] {
    const lengths = Object.values(row).map((value) => (isList(value) ? value.length : 1));
    return Array.from({ length: Math.max(1, ...lengths) }, (_, at) => flat(row, at));
}

/** Returns the texts of a flat row's values for a text table. */
export const toTexts = (row: Row, names: readonly string[]): string[] => names.map((name) => textOf(row[name]));

function textOf(value: unknown): string {
    if (value === null || value === undefined) return "";
    if (value instanceof Date) return value.toISOString();
    return typeof value === "object" ? JSON.stringify(value, withBigInts) : String(value);
}

/**
 * Converts a BigInt to a number, or to text if the number would not be exact, because JSON has no BigInt. Parquet's
 * 64-bit integers are BigInts.
 */
function withBigInts(_name: string, value: unknown): unknown {
    if (typeof value !== "bigint") return value;
    return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
}

function rowsOf(row: Row, names: readonly string[], list: string | undefined): Buffer {
    if (list === undefined) return lineOf(toTexts(flat(row), names));
    const elements = row[list];
    if (!isList(elements)) return Buffer.from(`${noElement}\n`);
    const rows = elements.map((_, at) => textOfRow(toTexts(flat(row, at), names)));
    return Buffer.from(`${rows.join("\r\n")}\n`);
}

/** Replaces control characters, such as line ends and the delimiter, with NUL, which the converter rejects in an ID. */
const withoutControls = (text: string) => (/\p{Cc}/u.test(text) ? text.replaceAll(/\p{Cc}/gu, notJson) : text);

const textOfRow = (texts: readonly string[]) => texts.map(withoutControls).join(converted.delimiter);
const lineOf = (texts: readonly string[]) => Buffer.from(`${textOfRow(texts)}\n`);
