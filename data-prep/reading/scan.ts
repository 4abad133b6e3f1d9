import { longer } from "../interner.ts";

/** The syntax of a text table. */
export interface Dialect {
    /** The delimiter: one or two ASCII characters. */
    readonly delimiter: string;
    /** Whether a field that begins with `"` ends at the next single `"`. */
    readonly quotes: boolean;
    /** The character that escapes a quote inside quotes. A doubled quote is always accepted. */
    readonly escape: '"' | "\\";
}

const LF = 0x0a;
const CR = 0x0d;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;

export type Scanner = ReturnType<typeof createScanner>;

/**
 * Creates a scanner of one table, whose fields describe the record that `next` read. Records end with `\n` or `\r\n`;
 * only quoted fields contain line ends.
 */
export function createScanner(dialect: Dialect) {
    const { delimiter, quotes } = dialect;
    const first = delimiter.charCodeAt(0);
    const last = Math.max(LF, first);
    const second = delimiter.length > 1 ? delimiter.charCodeAt(1) : -1;
    const width = delimiter.length;
    const backslash = dialect.escape === "\\" ? BACKSLASH : -1;
    const scanner = {
        /** Start and end of each field, without the quotes around the field. */
        bounds: new Int32Array(64),
        fields: 0,
        /** Number of line ends in the record, including its own. */
        lines: 0,
        /** Why the record is not valid. Such a record ends at the end of its last line. */
        problem: undefined as string | undefined,
        /** Whether the record contains nothing before its line end. */
        empty: false,
        next,
    };

    /** Reads the record at `start`. Returns the position after it, or -1 if its end is not in `bytes`. */
    function next(bytes: Uint8Array, start: number): number {
        const { length } = bytes;
        let { bounds } = scanner;
        let at = start;
        let field = 0;
        scanner.lines = 1;
        scanner.problem = undefined;
        for (;;) {
            if (2 * field + 2 > bounds.length) {
                bounds = longer(bounds, new Int32Array(bounds.length * 2));
                scanner.bounds = bounds;
            }
            let from = at;
            let to = at;
            if (quotes && bytes[at] === QUOTE) {
                from = at + 1;
                to = closingQuote(bytes, from);
                if (to < 0) return -1;
                at = to + 1;
                if (at < length && bytes[at] === CR) at += 1;
                if (at >= length) return -1;
            } else {
                while (at < length) {
                    // Most bytes cost one comparison, because line ends and usual delimiters have lower codes than
                    // letters and digits.
                    const byte = bytes[at] as number;
                    if (byte <= last && (byte === LF || (byte === first && (second < 0 || bytes[at + 1] === second))))
                        break;
                    at += 1;
                }
                if (at >= length) return -1;
                to = bytes[at] === LF && at > from && bytes[at - 1] === CR ? at - 1 : at;
            }
            bounds[2 * field] = from;
            bounds[2 * field + 1] = to;
            field += 1;
            if (bytes[at] === LF) break;
            if (bytes[at] !== first || (second >= 0 && bytes[at + 1] !== second)) {
                const end = bytes.indexOf(LF, at);
                if (end < 0) return -1;
                scanner.problem = "text follows a closing quote";
                at = end;
                break;
            }
            at += width;
        }
        scanner.fields = field;
        scanner.empty = field === 1 && bounds[0] === bounds[1];
        return at + 1;
    }

    function closingQuote(bytes: Uint8Array, from: number): number {
        for (let at = from; at < bytes.length; at++) {
            const byte = bytes[at];
            if (byte === LF) scanner.lines += 1;
            else if (byte === backslash) at += 1;
            else if (byte === QUOTE) {
                if (at + 1 === bytes.length) return -1;
                if (bytes[at + 1] !== QUOTE) return at;
                at += 1;
            }
        }
        return -1;
    }

    return scanner;
}

/** Returns a field's value without the escapes of `dialect`. */
export function unescaped(text: string, dialect: Dialect): string {
    if (!dialect.quotes) return text;
    return dialect.escape === "\\"
        ? text.replace(/\\(.)|""/gs, (_, char?: string) => char ?? '"')
        : text.replaceAll('""', '"');
}

/**
 * Returns the records of a small table, as text. The last line may lack its line end. Adds the number of each record's
 * first line, from 1, to `lines`.
 */
export function parseRecords(bytes: Uint8Array, dialect: Dialect, most = 2 ** 53, lines: number[] = []): string[][] {
    const complete = bytes.at(-1) === LF ? bytes : Buffer.concat([bytes, Buffer.of(LF)]);
    const buffer = Buffer.from(complete.buffer, complete.byteOffset, complete.byteLength);
    const scanner = createScanner(dialect);
    const records: string[][] = [];
    let [at, line] = [0, 1];
    while (at < buffer.length && records.length < most) {
        const end = scanner.next(buffer, at);
        if (end < 0) break;
        if (!scanner.empty) {
            const { bounds } = scanner;
            lines.push(line);
            records.push(
                Array.from({ length: scanner.fields }, (_, field) =>
                    unescaped(buffer.toString("utf8", bounds[2 * field], bounds[2 * field + 1]), dialect),
                ),
            );
        }
        line += scanner.lines;
        at = end;
    }
    return records;
}

/** Maximum number of rows at a file's start from which data-prep detects the format. */
const sampledRows = 1000;
const delimiters = ["::", "\t", ",", ";", "|"] as const;

/** Returns the name of a delimiter for messages. */
export const delimiterName = (delimiter: string) =>
    ({ "::": "`::`", "\t": "tabs", ",": "commas", ";": "semicolons", "|": "`|`", "\u001f": "columns" })[delimiter] ??
    `"${delimiter}"`;

/**
 * Detects delimiter and quotes of a text table from its start, UTF-8 with `\n` line ends. The last line may be cut.
 * Returns undefined if no delimiter gives rows of at least `fewest` fields.
 */
export function sniff(head: Uint8Array, fewest: number, complete: boolean) {
    const end = complete ? head.length : head.lastIndexOf(0x0a) + 1;
    const lines = head.subarray(0, end);
    const candidates = delimiters.flatMap((delimiter) => {
        const dialect = detectDialect(lines, delimiter);
        const rows = parseRecords(lines, dialect, sampledRows);
        const counts = Map.groupBy(rows, (row) => row.length);
        const [fields, same] = [...counts].sort(([, a], [, b]) => b.length - a.length)[0] ?? [0, []];
        return fields >= fewest ? [{ dialect, rows, fields, share: Math.round((same.length / rows.length) * 50) }] : [];
    });
    return candidates.sort((a, b) => b.share - a.share || b.fields - a.fields)[0];
}

function detectDialect(lines: Uint8Array, delimiter: string): Dialect {
    const quoteEscape = /^"?(USER|ITEM)_ID\b/.test(Buffer.from(lines.subarray(0, 40)).toString()) ? "\\" : '"';
    if (delimiter === "::") return { delimiter, quotes: false, escape: quoteEscape };
    if (delimiter !== "\t") return { delimiter, quotes: true, escape: quoteEscape };
    // Many tab-separated files have a single quote character in a title.
    const opened = parseRecords(lines, { delimiter, quotes: false, escape: quoteEscape }, sampledRows)
        .flat()
        .filter((field) => field.startsWith('"'));
    return {
        delimiter,
        quotes: opened.length > 0 && opened.every((field) => /^".*"$/s.test(field)),
        escape: quoteEscape,
    };
}
