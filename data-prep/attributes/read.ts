import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import type { BadRow } from "../bad-rows.ts";
import { namesWithoutHeader, plain } from "../reading/roles.ts";
import { parseRecords } from "../reading/scan.ts";
import type { Source } from "../reading/sources.ts";
import { openTable } from "../reading/table.ts";
import { abbreviate } from "../values.ts";

/** A small table that is read completely; all values are texts. */
export interface Records {
    /** The file's name in messages. */
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
    /** The line of each row in the file, from 1. */
    readonly lines: readonly number[];
    /** Rows that cannot be used: of another number of fields than `columns`, or without an id. */
    readonly bad: readonly BadRow[];
}

/** Columns of MovieLens' files without a header, by file name. */
const withoutHeader: Readonly<Record<string, readonly string[]>> = {
    "movies.dat": ["item", "title", "genres"],
    "users.dat": ["user", "gender", "age", "occupation", "zip_code"],
    "u.user": ["user", "age", "gender", "occupation", "zip_code"],
};

/**
 * Reads a table of items or users. If the file is not a table, throws an Error that names the file.
 */
export async function readRecords(source: Source): Promise<Records> {
    const { name } = source;
    const table = await openTable(source, 2);
    if (!table) throw new Error(`${name} is not a table`);
    const columnNames = withoutHeader[basename(name)];
    const lines: number[] = [];
    const all = parseRecords(await buffer(table.bytes), table.dialect, undefined, lines);
    // In a file of texts only, a header looks like any other row.
    const hasHeader = table.hasHeader || columnNames === undefined;
    const columns = columnNames ?? (hasHeader ? all[0] : namesWithoutHeader(all)) ?? [];
    const skipped = Number(hasHeader);
    const records = { name, columns, rows: all.slice(skipped), lines: lines.slice(skipped), bad: [] };
    const names = columns.map(plain);
    if (names.includes("property") && names.includes("value")) {
        throw new Error(
            `${name} has one property in each row. Make a table with one row for each item, and a column for each property`,
        );
    }
    const fieldsProblem = ({ length }: readonly string[]) =>
        length === columns.length ? undefined : `${length} fields, where the header has ${columns.length}`;
    return withoutBad({ ...records, lines: records.lines.map((line) => line - table.addedLines) }, fieldsProblem);
}

/** Moves the rows without a usable id in the column `id` to the bad rows, and removes those for which `isNone` is true. */
export const withIds = (records: Records, id: number, isNone = (_: readonly string[]) => false): Records =>
    withoutBad(records, (row) => {
        if (isNone(row)) return "";
        const text = row[id] ?? "";
        const isId = text.trim() !== "" && text.trim().length <= 256 && !/\p{Cc}/u.test(text);
        return isId ? undefined : "no id of 1 to 256 characters";
    });

/** Moves the rows for which `problem` returns a reason to the bad rows, and removes those with an empty reason. */
function withoutBad(
    { rows, lines, ...records }: Records,
    problem: (row: readonly string[]) => string | undefined,
): Records {
    const reasons = rows.map(problem);
    const bad = rows.flatMap((row, at) => {
        const reason = reasons[at];
        if (!reason) return [];
        return [{ file: records.name, line: lines[at] ?? 0, reason, text: abbreviate(row.join(",")) }];
    });
    const isGood = (_: unknown, at: number) => reasons[at] === undefined;
    return { ...records, rows: rows.filter(isGood), lines: lines.filter(isGood), bad: [...records.bad, ...bad] };
}
