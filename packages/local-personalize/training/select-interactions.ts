import type { Rows } from "../importing/rows.ts";
import { type EventChoice, weighing } from "../model/event-choice.ts";
import type { Interactions } from "../model/interactions.ts";

/** Returns the rows that a solution trains on, with their context columns. Omits users and items without such a row. */
export function selectInteractions(
    rows: Rows,
    choice: EventChoice = {},
    contextColumns: readonly string[] = [],
): Interactions {
    const weightOf = weighing(choice);
    const weights = new Float64Array(rows.users.length);
    const chosen = new Uint32Array(rows.users.length);
    let count = 0;
    for (let row = 0; row < chosen.length; row++) {
        const eventType = rows.eventTypes[rows.events[row] as number] ?? "";
        const weight = weightOf(eventType, rows.values?.[row] ?? Number.NaN);
        if (weight === undefined) continue;
        weights[count] = weight;
        chosen[count++] = row;
    }
    const kept = chosen.subarray(0, count);
    const users = renumbered(rows.users, rows.userIds, kept);
    const items = renumbered(rows.items, rows.itemIds, kept);
    const contextOf = (name: string) => {
        const { words, numbers } = rows.extras?.[name] ?? { words: [""], numbers: new Int32Array(rows.users.length) };
        return [name, { words, numbers: Int32Array.from(kept, (row) => numbers[row] as number) }];
    };
    return {
        userIds: users.ids,
        itemIds: items.ids,
        users: users.numbers,
        items: items.numbers,
        timestamps: Float64Array.from(kept, (row) => rows.timestamps[row] as number),
        ...(choice.eventParameters && { weights: weights.slice(0, count) }),
        ...(contextColumns.length > 0 && { contexts: Object.fromEntries(contextColumns.map(contextOf)) }),
    };
}

/** Returns a column of the kept rows. Its IDs get new numbers, in the order of their first appearance in these rows. */
function renumbered(column: Int32Array, ids: readonly string[], kept: Uint32Array) {
    const numberOf = new Int32Array(ids.length).fill(-1);
    const names: string[] = [];
    const numbers = new Int32Array(kept.length);
    for (let at = 0; at < kept.length; at++) {
        const id = column[kept[at] as number] as number;
        if ((numberOf[id] as number) < 0) numberOf[id] = names.push(ids[id] ?? "") - 1;
        numbers[at] = numberOf[id] as number;
    }
    return { ids: names, numbers };
}
