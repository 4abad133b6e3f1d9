import { Readable } from "node:stream";
import { type Columns, parseColumns } from "../../data-prep/columns.ts";

/** Reads the text of a CSV with `parseColumns`. */
export const readCsvText = (csv: string | Uint8Array): Promise<Columns> =>
    parseColumns(Readable.from([Buffer.from(csv)]));

/**
 * Returns the columns of [user, item, timestamp] rows, with users and items numbered in the order of their first
 * appearance, as `parseColumns` does.
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
        users: Int32Array.from(rows, ([user]) => userOf.get(user) ?? -1),
        items: Int32Array.from(rows, ([, item]) => itemOf.get(item) ?? -1),
        timestamps: Uint32Array.from(rows, ([, , timestamp]) => timestamp),
    };
}
