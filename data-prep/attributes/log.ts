import { counted } from "../words.ts";
import type { ItemTable } from "./items-table.ts";
import type { UserTable } from "./users.ts";

/**
 * Logs what was read of items and users. `columns` is the number of columns of items.csv in addition to the ID,
 * `ofEvents` names the columns of the events that describe items.
 */
export function logAttributes(
    log: (line: string) => void,
    name: string,
    tables: { readonly items: ItemTable; readonly users: UserTable | undefined },
    columns: number,
    ofEvents: readonly string[],
): void {
    const { understood, catalogue, notUnderstood = [] } = tables.items;
    if (understood) log(understood);
    if (notUnderstood.length > 0) log(`warning: check the items: ${notUnderstood.join("; ")}`);
    if (ofEvents.length > 0) {
        log(`The items come from columns of the events, each with its newest value: ${ofEvents.join(", ")}`);
    } else if (catalogue.length === 0) {
        log(`No item file came with ${name}: items are shown by their IDs, and no items.csv is written.`);
    } else if (columns === 0) {
        log(
            "The items have only IDs and titles, so no items.csv is written: Personalize requires at least one more column.",
        );
    }
    for (const [table, rows] of Object.entries(tables)) {
        if (rows && rows.bad.length > 0) log(`Skipped ${counted(rows.bad.length, "row")} of the ${table}.`);
        if (rows && rows.leftOut.length > 0) log(`Left out of ${table}.csv: ${rows.leftOut.join(", ")}`);
        if (rows && rows.repeated > 0)
            log(`${counted(rows.repeated, "row")} of the ${table} with the id of an earlier row: the last one counts.`);
    }
}
