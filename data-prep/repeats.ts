import { longer } from "./columns.ts";

interface Rows {
    readonly rows: number;
    readonly users: Int32Array;
    readonly items: Int32Array;
    readonly timestamps: Float64Array;
}

const fewestSlots = 1 << 21;
/** Share of filled slots at which their number doubles. */
const fullShare = 0.75;

/**
 * Finds events that equal an earlier one: the service keeps one of them (Developer Guide, "Importing bulk data"). It
 * takes about ten bytes a row beside the columns. `rest` is a number for the event's type and other values.
 */
export function createRepeats(columns: Rows) {
    let rests = new Int32Array(fewestSlots * fullShare);
    /** Row numbers plus 1 by hash; 0 is free. */
    let slots = new Int32Array(fewestSlots);

    const slotOf = (user: number, item: number, timestamp: number, rest: number): number => {
        const mask = slots.length - 1;
        let hash = Math.imul(user, 0x9e3779b1) ^ Math.imul(item, 0x85ebca6b) ^ Math.imul(timestamp | 0, 0xc2b2ae35);
        hash = Math.imul(hash ^ (hash >>> 15) ^ rest, 0x27d4eb2f);
        let slot = (hash ^ (hash >>> 13)) & mask;
        for (;;) {
            const row = (slots[slot] as number) - 1;
            if (row < 0) return slot;
            // Most collisions differ in the first comparison.
            const same = columns.timestamps[row] === timestamp && columns.users[row] === user;
            if (same && columns.items[row] === item && rests[row] === rest) return slot;
            slot = (slot + 1) & mask;
        }
    };
    const grow = (): void => {
        slots = new Int32Array(slots.length * 2);
        rests = longer(rests, new Int32Array(slots.length * fullShare));
        for (let row = 0; row < columns.rows; row++) {
            const { users, items, timestamps } = columns;
            const slot = slotOf(
                users[row] as number,
                items[row] as number,
                timestamps[row] as number,
                rests[row] as number,
            );
            slots[slot] = row + 1;
        }
    };
    /** Whether an earlier row equals this one. If none does, it is noted as the next row of the columns. */
    const isRepeat = (user: number, item: number, timestamp: number, rest: number): boolean => {
        if (columns.rows === rests.length) grow();
        const slot = slotOf(user, item, timestamp, rest);
        if (slots[slot] !== 0) return true;
        slots[slot] = columns.rows + 1;
        rests[columns.rows] = rest;
        return false;
    };
    return { isRepeat };
}

/** A number for a text: FNV-1a, 32 bits. */
export function hashOf(text: string, from = 0x811c9dc5): number {
    let hash = from;
    for (let at = 0; at < text.length; at++) hash = Math.imul(hash ^ text.charCodeAt(at), 0x01000193);
    return hash | 0;
}
