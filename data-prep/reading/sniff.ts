import { type Dialect, parseRecords } from "./scan.ts";

/** Maximum number of rows at a file's start from which data-prep detects the format. */
const sampledRows = 1000;
const delimiters = ["::", "\t", ",", ";", "|"] as const;

/** Returns the name of a delimiter for messages. */
export const delimiterName = (delimiter: string) =>
    ({ "::": "`::`", "\t": "tabs", ",": "commas", ";": "semicolons", "|": "`|`", "\u001f": "columns" })[delimiter] ??
    `"${delimiter}"`;

export interface Sniffed {
    readonly dialect: Dialect;
    readonly rows: string[][];
}

/**
 * Detects delimiter and quotes of a text table from its start, UTF-8 with `\n` line ends. The last line may be cut.
 * Returns undefined if no delimiter gives rows of at least `fewest` fields.
 */
export function sniff(head: Uint8Array, fewest: number, complete: boolean): Sniffed | undefined {
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
