import { visible } from "terminal-text";
import { type AvroSchema, avroSchema, quoted } from "../avro.ts";
import type { BadRow } from "../bad-rows.ts";
import type { DecimalChoice } from "../numbers.ts";
import { chosenColumns, knownNames, namedColumns } from "../reading/roles.ts";
import { sourcesAt } from "../reading/sources.ts";
import { abbreviate } from "../values.ts";
import { type AttributeColumn, attributeColumns } from "./columns.ts";
import { fieldText } from "./content.ts";
import { readRecords, withIds } from "./read.ts";

/** A table of users, as a dataset of Personalize. */
export interface UserTable {
    readonly schema: AvroSchema;
    readonly csv: string;
    readonly ids: readonly string[];
    readonly leftOut: readonly string[];
    /** Number of rows whose ID occurs again in a later row. */
    readonly repeated: number;
    /** Names of the table's columns. */
    readonly names: readonly string[];
    readonly bad: readonly BadRow[];
}

/** Usual names of the columns for which the option `--user-columns` can name a column. */
const userNames = { id: [...knownNames.user, "uuid", "id", "email"] } as const;
/** The parts of a user for which the option `--user-columns` can name a column. */
export const userParts = ["id"] as const;

/**
 * Reads the table of users at `path`: the ID column, and every other column with the Avro type that fits its values.
 * `choices` is the text of `--user-columns`. `hash` returns the id that is written. If two rows have one ID, the last one counts, as in the service.
 *
 * @throws Error for a table without IDs, or with IDs only
 */
export async function readUsers(
    path: string,
    choices?: string,
    numbers: DecimalChoice = {},
    hash: (id: string) => string = (id) => id,
): Promise<UserTable> {
    const [source] = await sourcesAt(path);
    if (!source) throw new Error(`There is no file in ${path}.`);
    const read = await readRecords(source);
    const chosen = choices === undefined ? undefined : chosenColumns(choices, userParts, read.columns);
    const { id } = namedColumns(userNames, read.columns, chosen?.roles ?? {});
    if (id === undefined) {
        throw new Error(
            `${source.name} has no column of user ids among ${read.columns.map(visible).join(", ")}. ` +
                "Name it:  --user-columns id=NAME",
        );
    }
    const records = withIds(read, id);
    const { columns, leftOut } = attributeColumns(records, [id], "Users", chosen?.extras ?? [], numbers);
    if (columns.length === 0) {
        throw new Error(
            `${source.name} has no column for a Users dataset besides ${records.columns[id]}: Personalize requires at least one.`,
        );
    }
    const rows = lastOfEach(
        records.rows.map((row) => row[id] ?? ""),
        source.name,
        records.columns[id] as string,
    );
    const hashed = [...rows].map(([written, row]) => [hash(written), row] as const);
    const ids = hashed.map(([written]) => written);
    return {
        schema: avroSchema("Users", [{ name: "USER_ID", type: "string" }, ...columns.map(({ field }) => field)]),
        csv: attributesCsv("USER_ID", hashed, columns),
        ids,
        leftOut,
        repeated: records.rows.length - ids.length,
        names: records.columns,
        bad: records.bad,
    };
}

/**
 * Returns the last row number of each id, without the spaces around the id. Throws an Error that names two ids that
 * differ only in such spaces.
 */
export function lastOfEach(ids: readonly string[], name: string, column: string): Map<string, number> {
    const last = new Map<string, number>();
    for (const [row, written] of ids.entries()) {
        const id = written.trim();
        const other = ids[last.get(id) ?? row] as string;
        if (other !== written) {
            const both = [other, written].map((each) => `"${abbreviate(each, 40)}"`).join(" and ");
            throw new Error(
                `row ${row + 1} of ${name}, column ${column}: ${both} differ only in spaces. Write them alike, or as two ids`,
            );
        }
        last.set(id, row);
    }
    return last;
}

/** Returns a CSV of IDs and columns in the format that the service imports. */
export function attributesCsv(
    idName: string,
    rows: readonly (readonly [id: string, row: number])[],
    columns: readonly AttributeColumn[],
): string {
    const header = [idName, ...columns.map(({ field }) => field.name)].join(",");
    const lines = rows.map(([id, row]) =>
        [quoted(id), ...columns.map(({ field, values }) => fieldText(values[row] ?? "", field, quoted))].join(","),
    );
    return `${[header, ...lines].join("\n")}\n`;
}
