import { constants, gunzipSync } from "node:zlib";
import { type CsvError, type Options, parse } from "csv-parse/sync";
import { unzipSync } from "fflate";
import { detectForm, type Encoding, type Form } from "./bytes.ts";

/** Number of bytes at the start of a file from which its format, delimiter and header are detected. */
export const startBytes = 256 * 1024;

export interface Row {
    /** Line in the file, counted from 1. */
    readonly line: number;
    readonly values: readonly string[];
}

/** The table at the start of a file. */
export interface Table {
    readonly encoding: Encoding;
    /** Whether the text begins with a BOM. */
    readonly mark: boolean;
    readonly delimiter: string;
    readonly quoteEscape: string;
    /** Line ends of the file: `\r` if its lines end in carriage returns only, otherwise `\n`. */
    readonly lineEnds: "\n" | "\r";
    /** The first line as in the file, with its quotes. */
    readonly firstLine: string;
    readonly header: readonly string[];
    readonly rows: readonly Row[];
    /** Whether `rows` are all rows of the file. */
    readonly whole: boolean;
    /** The first violation of CSV's rules. */
    readonly malformed: { readonly line: number; readonly reason: string } | undefined;
}

/** The start of a file: its format, and its table if it has one. */
export interface Sample {
    readonly form: Form;
    readonly table: Table | undefined;
}

/** Cache of parsed samples, because several checks read the same sample. */
const samples = new WeakMap<Uint8Array, Sample>();

/** Parses the first bytes of a file. `whole`: whether these are all bytes of the file. */
export function parseSample(bytes: Uint8Array, whole: boolean): Sample {
    const sample = samples.get(bytes) ?? readSample(bytes, whole);
    samples.set(bytes, sample);
    return sample;
}

function readSample(bytes: Uint8Array, whole: boolean): Sample {
    const form = detectForm(bytes);
    if (form.is === "text") return { form, table: parseTable(bytes, form.encoding, form.mark, whole) };
    const inner = attempt(() =>
        form.is === "gzip" ? gunzipped(bytes) : form.is === "zip" && whole ? unzipped(bytes) : undefined,
    );
    const innerForm = inner && detectForm(inner);
    return inner && innerForm?.is === "text"
        ? { form, table: parseTable(inner, innerForm.encoding, innerForm.mark, whole) }
        : { form: innerForm?.is === "other" ? innerForm : form, table: undefined };
}

/** Returns the result of a function; undefined if the function throws an error. */
function attempt<T>(work: () => T): T | undefined {
    try {
        return work();
    } catch {
        return undefined;
    }
}

/** Returns the uncompressed bytes of a gzip file; of an incomplete file, those that can be read. */
const gunzipped = (bytes: Uint8Array): Uint8Array => gunzipSync(bytes, { finishFlush: constants.Z_SYNC_FLUSH });

/** Returns the content of the only non-empty file in a zip archive; undefined if there is none or more than one. */
function unzipped(bytes: Uint8Array): Uint8Array | undefined {
    const files = Object.entries(unzipSync(bytes)).filter(
        ([name, content]) => content.length > 0 && !/(^|\/)(__MACOSX|\.)/.test(name),
    );
    return files.length === 1 ? files[0]?.[1] : undefined;
}

function parseTable(bytes: Uint8Array, encoding: Encoding, mark: boolean, whole: boolean): Table {
    // Decode as a stream, because the sample may end within a character.
    const decoded = new TextDecoder(encoding).decode(bytes, { stream: true });
    // A sample may end in the middle of a line, so ignore its last line.
    const lineEnds = !decoded.includes("\n") && decoded.includes("\r") ? "\r" : "\n";
    const text = whole ? decoded : decoded.slice(0, decoded.lastIndexOf(lineEnds) + 1);
    const firstLine = /^[\r\n]*([^\r\n]*)/.exec(text)?.[1] ?? "";
    const [delimiter, quoteEscape] = [detectDelimiter(text.slice(0, 10_000)), /\\"/.test(text) ? "\\" : '"'];
    const { rows, malformed } = parseRows(text, { delimiter, quoteEscape }, whole);
    const [first, ...rest] = rows;
    const header = first?.values ?? [];
    return { encoding, mark, delimiter, quoteEscape, lineEnds, firstLine, header, rows: rest, whole, malformed };
}

/** Number of lines from which the delimiter is detected. */
const linesCompared = 5;

/**
 * Detects the delimiter of a text: the character that occurs equally often in all lines (a comma first), otherwise the
 * most frequent one.
 */
function detectDelimiter(text: string): string {
    const lines = text
        .replace(/"[^"]*"/g, "")
        .split(/[\r\n]+/)
        .filter((line) => line.trim() !== "")
        .slice(0, linesCompared);
    const counted = [",", ";", "\t", "|", "::"].map((each) => {
        const counts = lines.map((line) => line.split(each).length - 1);
        return { each, count: counts[0] ?? 0, isEven: counts.every((count) => count > 0 && count === counts[0]) };
    });
    const even = counted.filter(({ isEven }) => isEven);
    if (even.some(({ each }) => each === ",")) return ",";
    return (even.length > 0 ? even : counted).reduce((best, one) => (one.count > best.count ? one : best)).each;
}

function parseRows(text: string, { delimiter, quoteEscape }: Pick<Table, "delimiter" | "quoteEscape">, whole: boolean) {
    const read = (part: string, relaxed: boolean): Row[] => {
        const options: Options = {
            delimiter,
            escape: quoteEscape,
            relax_column_count: true,
            // A quote within a value is a fault, but the rows can be read.
            relax_quotes: relaxed,
            skip_empty_lines: true,
            // A file may contain several kinds of line break.
            record_delimiter: ["\r\n", "\n", "\r"],
            info: true,
        };
        const parsed = parse(part, options) as unknown as {
            readonly record: string[];
            readonly info: { readonly lines: number };
        }[];
        return parsed.map(({ record, info }) => ({ line: info.lines, values: record }));
    };
    try {
        return { rows: read(text, false), malformed: undefined };
    } catch (error) {
        const { code, message, lines } = error as CsvError & { readonly lines?: number };
        // A sample may end in the middle of a quoted value, which is no error of the file.
        const isCut = code === "CSV_QUOTE_NOT_CLOSED" && !whole;
        const malformed = isCut ? undefined : { line: lines ?? 1, reason: message };
        // If the text cannot be read as a whole, read its first line only.
        const firstLine = text.slice(0, text.indexOf("\n"));
        const rows = attempt(() => read(text, true)) ?? attempt(() => read(firstLine, true)) ?? [];
        return { rows, malformed };
    }
}
