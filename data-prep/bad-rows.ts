import { writeWholeFile } from "./files.ts";
import type { Table } from "./reading/table.ts";
import { abbreviate } from "./values.ts";
import { counted } from "./words.ts";

/** Number of bad rows that are reported with details. Later bad rows are only counted. */
export const listedBadRows = 20;
/** Maximum number of bytes of a bad row that the report contains. */
const shownBytes = 4096;

export interface BadRow {
    readonly file: string;
    /** Line on which the row begins, counted from 1. */
    readonly line: number;
    /** Name of the wrong column; absent if the whole row is wrong. */
    readonly column?: string;
    readonly reason: string;
    /** Text of the row, with escaped control characters, cut after 120 characters. */
    readonly text: string;
}

/** Counts bad rows, keeps the first ones, and passes each one to `onBad`. */
export function createBadRows(onBad?: (row: BadRow) => void) {
    const badRows: { count: number; first: BadRow[] } = { count: 0, first: [] };
    /** Adds a bad row. `line` is the number of the row's first line, counted from 0. `column` is -1 for a whole row. */
    const add = (table: Table, line: number, bytes: Buffer, [column, reason]: readonly [number, string]): void => {
        badRows.count++;
        if (badRows.first.length >= listedBadRows && !onBad) return;
        const text = bytes.toString("utf8", 0, Math.min(bytes.length, shownBytes));
        const row: BadRow = {
            file: table.name,
            line: line + 1 - table.addedLines,
            ...(column >= 0 && { column: table.names[column] as string }),
            reason,
            text: abbreviate(text.replace(/\r?\n$/, "").replaceAll("\u001f", ",")),
        };
        if (badRows.first.length < listedBadRows) badRows.first.push(row);
        onBad?.(row);
    };
    return { found: badRows, add };
}

/** Writes all bad rows as a CSV: FILE, LINE, COLUMN, REASON, TEXT. */
export async function writeQuarantine(path: string, rows: readonly BadRow[]): Promise<void> {
    const quoted = (text: string | number = "") => `"${String(text).replaceAll('"', '""')}"`;
    const lines = rows.map(({ file, line, column, reason, text }) =>
        [file, line, column, reason, text].map(quoted).join(","),
    );
    const text = `${["FILE,LINE,COLUMN,REASON,TEXT", ...lines].join("\n")}\n`;
    await writeWholeFile(path, (write) => write(Buffer.from(text)));
}

/**
 * Returns a message with the first bad rows of the file `name`, the number of all bad rows, and `next`, the command
 * that accepts them, if there is one.
 */
export function describeBadRows(
    name: string,
    { count, first }: { count: number; first: readonly BadRow[] },
    next?: string,
): string {
    const listed = first.map(({ file, line, reason, text }) => `  ${file}:${line}: ${reason}:  ${text}`);
    const more = count > first.length ? [`  … and ${(count - first.length).toLocaleString("en-US")} more`] : [];
    return [
        `${counted(count, "row")} of ${name} cannot be used, so nothing was written:`,
        ...listed,
        ...more,
        next === undefined ? "Fix the file." : `Fix the file, or skip those rows:  ${next}`,
    ].join("\n");
}
