import { visible } from "terminal-text";
import { avroSchema } from "../avro.ts";
import type { DecimalChoice } from "../numbers.ts";
import { chosenColumns, knownNames, namedColumns } from "../reading/roles.ts";
import { sourcesAt } from "../reading/sources.ts";
import { abbreviate } from "../values.ts";
import { attributeColumns, attributesCsv } from "./columns.ts";
import { readRecords, withIds } from "./read.ts";

/** A table of users, as a dataset of Personalize. */
export type UserTable = Awaited<ReturnType<typeof readUsers>>;

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
) {
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
        /** Number of rows whose ID occurs again in a later row. */
        repeated: records.rows.length - ids.length,
        /** Names of the table's columns. */
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
