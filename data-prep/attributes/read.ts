import { basename } from "node:path";
import { buffer } from "node:stream/consumers";
import { namesWithoutHeader, plain } from "../reading/roles.ts";
import { parseRecords } from "../reading/scan.ts";
import type { Source } from "../reading/sources.ts";
import { openTable } from "../reading/table.ts";

/** A small table that is read completely; all values are texts. */
export interface Records {
    /** The file's name in messages. */
    readonly name: string;
    readonly columns: readonly string[];
    readonly rows: readonly (readonly string[])[];
}

/** Columns of MovieLens' files without a header, by file name. */
const withoutHeader: Readonly<Record<string, readonly string[]>> = {
    "movies.dat": ["item", "title", "genres"],
    "users.dat": ["user", "gender", "age", "occupation", "zip_code"],
    "u.user": ["user", "age", "gender", "occupation", "zip_code"],
};

/**
 * Reads a table of items or users. If the file is not a table, throws an Error that names the file. If a row has
 * another number of fields than `columns`, throws an Error that names the first such row.
 */
export async function readRecords(source: Source): Promise<Records> {
    const { name } = source;
    const table = await openTable(source, 2);
    if (!table) throw new Error(`${name} is not a table`);
    const columnNames = withoutHeader[basename(name)];
    const all = parseRecords(await buffer(table.bytes), table.dialect);
    // In a file of texts only, a header looks like any other row.
    const hasHeader = table.hasHeader || columnNames === undefined;
    const columns = columnNames ?? (hasHeader ? all[0] : namesWithoutHeader(all)) ?? [];
    const rows = hasHeader ? all.slice(1) : all;
    const wrong = rows.findIndex((row) => row.length !== columns.length);
    if (wrong >= 0) {
        const fields = `${rows[wrong]?.length} fields, where the header has ${columns.length}`;
        throw new Error(`row ${wrong + 1} of ${name} has ${fields}`);
    }
    const names = columns.map(plain);
    if (names.includes("property") && names.includes("value")) {
        throw new Error(
            `${name} has one property in each row. Make a table with one row for each item, and a column for each property`,
        );
    }
    return { name, columns, rows };
}
