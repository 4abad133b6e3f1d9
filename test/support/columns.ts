import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Columns, readColumns } from "../../data-prep/columns.ts";

/** Writes the text of a CSV into a file and reads it with `readColumns`. */
export async function readCsvText(csv: string | Uint8Array): Promise<Columns> {
    const folder = await mkdtemp(join(tmpdir(), "columns-"));
    try {
        const file = join(folder, "interactions.csv");
        await writeFile(file, csv);
        return await readColumns(file);
    } finally {
        await rm(folder, { recursive: true });
    }
}

/**
 * Returns the columns of [user, item, timestamp] rows, with users and items numbered in the order of their first
 * appearance, as `readColumns` does.
 */
export function columnsFrom(rows: readonly (readonly [user: string, item: string, timestamp: number])[]): Columns {
    const userIds = [...new Set(rows.map(([user]) => user))];
    const itemIds = [...new Set(rows.map(([, item]) => item))];
    const numberIds = (ids: readonly string[]) => new Map(ids.map((id, number) => [id, number]));
    const [userOf, itemOf] = [numberIds(userIds), numberIds(itemIds)];
    return {
        userCount: userIds.length,
        itemCount: itemIds.length,
        userIds,
        itemIds,
        users: Int32Array.from(rows, ([user]) => userOf.get(user) as number),
        items: Int32Array.from(rows, ([, item]) => itemOf.get(item) as number),
        timestamps: Uint32Array.from(rows, ([, , timestamp]) => timestamp),
    };
}
