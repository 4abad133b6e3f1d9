import { isUtf8 } from "node:buffer";
import { isHeader, namesWithoutHeader } from "./roles.ts";
import {
    collectColumnNames,
    converted,
    createCompressors,
    elementRows,
    findNumberColumns,
    flat,
    jsonRows,
    jsonTable,
    parquetTable,
    type Row,
    toTexts,
} from "./rows-as-bytes.ts";
import { type Dialect, sniff } from "./scan.ts";
import { decompressed, headBytes, type Source, withHead } from "./sources.ts";

/** An opened file whose format was detected from its first bytes. */
export interface Table {
    /** The file's name in messages. */
    readonly name: string;
    readonly kind: "text" | "JSON lines" | "Parquet";
    readonly encoding: Encoding;
    readonly dialect: Dialect;
    readonly hasHeader: boolean;
    /** Names of the columns, or numbers from 1 without a header. */
    readonly names: readonly string[];
    /** The first rows without the header, at most 1,000. */
    readonly sample: readonly string[][];
    /** Names of the columns of JSON lines in which the sample has only numbers. */
    readonly numbers?: readonly string[];
    /** The list of JSON objects whose elements are the rows; undefined if the objects are the rows. */
    readonly list?: string;
    /** Returns the table with a row for each element of a list in JSON lines. */
    elementsOf?(list: string): Table;
    /** Returns the SHA-256 of the file, hexadecimal, after the file was read. */
    sha256(): Promise<string>;
    /** Difference between a line number in `bytes` and in the original file. */
    readonly addedLines: number;
    /** The whole table as UTF-8 text, whose lines end with `\n` or `\r\n`. */
    readonly bytes: AsyncIterable<Uint8Array>;
    /** Closes the file without reading it. */
    stop(): Promise<void>;
}

/** Returns the values of a column in the first rows, without the empty ones. */
export const valuesOf = ({ sample }: Table, column: number) =>
    sample.map((row) => row[column] ?? "").filter((value) => value !== "");

/** Pattern of the first line `sep=;`, with which Excel states the delimiter. */
const separatorLine = /^"?sep=.+?"?(\r\n|\r|\n)/i;

const LF = 0x0a;
const CR = 0x0d;

/**
 * Opens a file and detects its format by content. Returns undefined if it is not a table of `fewest` columns. Throws an
 * Error with the reason for a damaged file.
 */
export async function openTable(source: Source, fewest = 3): Promise<Table | undefined> {
    const raw = await decompressed(source);
    if (raw.head.toString("latin1", 0, 4) === "PAR1") return openParquet(source);
    const encoding = detectEncoding(raw.head);
    const { head, bytes: all, stop } = await withHead(asUtf8(raw.bytes, encoding));
    const separator = separatorLine.exec(head.toString("latin1", 0, 16))?.[0].length ?? 0;
    const text = head.subarray(separator);
    const bytes = separator > 0 ? skipping(all, separator) : all;
    const common = { name: source.name, encoding, stop, sha256: source.sha256 };
    const start = text.toString("utf8", 0, 200).trimStart();
    if (start.startsWith("{")) {
        const rows = jsonRows(completeLines(text).slice(0, 1000)).flatMap((row) => (row ? elementRows(row) : []));
        const described = convertedRows(source.name, rows);
        const { names } = described;
        const table = { ...common, ...described, kind: "JSON lines", numbers: findNumberColumns(rows, names) } as const;
        const elementsOf = (list: string) => ({ ...table, list, bytes: jsonTable(bytes, names, list) });
        return { ...table, elementsOf, bytes: jsonTable(bytes, names) };
    }
    if (/^\[\s*\{/.test(start)) {
        throw new Error(`${source.name} is one JSON array. Make JSON lines of it:  jq -c '.[]' FILE > FILE.jsonl`);
    }
    const loneReturns = text.includes(CR) && !text.includes(LF);
    const lines = loneReturns ? text.map((byte) => (byte === CR ? LF : byte)) : text;
    const dialect = sniff(lines, fewest, head.length < headBytes);
    if (!dialect || dialect.rows.length === 0) {
        await stop();
        return undefined;
    }
    const hasHeader = isHeader(dialect.rows);
    const [first = []] = dialect.rows;
    return {
        ...common,
        kind: "text",
        dialect: dialect.dialect,
        hasHeader,
        names: hasHeader ? first : namesWithoutHeader(dialect.rows),
        sample: hasHeader ? dialect.rows.slice(1) : dialect.rows,
        addedLines: separator > 0 ? -1 : 0,
        bytes: loneReturns ? withLineFeeds(bytes) : bytes,
    };
}

async function openParquet(source: Source): Promise<Table> {
    if (!source.path) {
        throw new Error(`${source.name} is Parquet, which is read from a file on disk only: unpack it first.`);
    }
    const hyparquet = await import("hyparquet");
    const { asyncBufferFromFile, parquetMetadataAsync, parquetReadObjects } = hyparquet;
    const compressors = createCompressors(hyparquet);
    const file = await asyncBufferFromFile(source.path);
    const metadata = await parquetMetadataAsync(file);
    const rowEnd = Math.min(1000, Number(metadata.num_rows));
    const objects = await parquetReadObjects({ file, metadata, compressors, rowStart: 0, rowEnd });
    const rows = objects.map((row) => flat(row));
    const table = convertedRows(source.name, rows);
    return {
        ...table,
        name: source.name,
        sha256: source.sha256,
        kind: "Parquet",
        encoding: "utf-8",
        bytes: parquetTable(file, metadata, table.names),
        stop: async () => undefined,
    };
}

/** Describes the text table that JSON lines or Parquet become. `rows` are the first ones, flat. */
function convertedRows(file: string, rows: readonly Row[]) {
    const names = collectColumnNames(file, rows);
    const sample = rows.slice(0, 1000).map((row) => toTexts(row, names));
    return { dialect: converted, hasHeader: true, names, sample, addedLines: 1 };
}

function completeLines(head: Buffer): string[] {
    const end = head.lastIndexOf(LF) + 1;
    return head
        .toString("utf8", 0, end > 0 ? end : head.length)
        .split("\n")
        .filter((line) => line.trim() !== "");
}

async function* withLineFeeds(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array> {
    for await (const chunk of bytes) yield chunk.map((byte) => (byte === CR ? LF : byte));
}

/** The encodings that data-prep reads; `windows-1252` includes Latin-1. */
type Encoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "windows-1252";

/** Detects the encoding from the first bytes of a file. Bytes that are not UTF-8 mean windows-1252. */
function detectEncoding(head: Uint8Array): Encoding {
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8-bom";
    if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
    if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
    return isUtf8(withoutCutCharacter(head)) ? "utf-8" : "windows-1252";
}

/** Removes a character that is incomplete at the end of `head`. */
function withoutCutCharacter(head: Uint8Array): Uint8Array {
    let end = head.length;
    while (end > 0 && head.length - end < 4 && ((head[end - 1] as number) & 0xc0) === 0x80) end -= 1;
    return end > 0 && (head[end - 1] as number) >= 0xc0 ? head.subarray(0, end - 1) : head;
}

/**
 * Yields the bytes as UTF-8 without a byte order mark. UTF-8 passes unchecked: the converter checks each value, and
 * names the line. Throws an Error for bytes that the other encodings do not allow.
 */
async function* asUtf8(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
    if (encoding === "utf-8") return yield* source;
    if (encoding === "utf-8-bom") return yield* skipping(source, 3);
    const decoder = new TextDecoder(encoding, { fatal: true });
    for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
}

/** Yields the bytes after the first `count`. */
async function* skipping(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
    let left = count;
    for await (const chunk of source) {
        const skipped = Math.min(left, chunk.length);
        left -= skipped;
        yield chunk.subarray(skipped);
    }
}
