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
 * Slots of one user lie together at first, and so stay in the processor's cache. Most files are in order of users.
 * A full neighbourhood continues anywhere.
 */
const nearbySlots = 1 << 9;
const nearbyTries = 8;

/**
 * Finds events that equal an earlier one: the service keeps one of them (Developer Guide, "Importing bulk data"). It
 * takes 11 to 21 bytes a row beside the columns. `rest` is a number for the event's type and other values.
 */
export function createRepeats(columns: Rows) {
    /** Row numbers plus 1 by hash; 0 is free. */
    let slots = new Int32Array(fewestSlots);
    /** The hash in each filled slot. Most unequal rows differ in it, without a look at their columns. */
    let hashes = new Int32Array(fewestSlots);

    /** The slot of a row that equals `row`, else a free one. Without `row` no row is equal. */
    const slotOf = (hash: number, user: number, row?: { item: number; timestamp: number }): number => {
        const mask = slots.length - 1;
        const home = Math.imul(user, 0x9e3779b1) & mask & -nearbySlots;
        const step = (hash >>> 11) | 1;
        for (let tries = 0; ; tries++) {
            const slot =
                tries < nearbyTries
                    ? home | ((hash + tries) & (nearbySlots - 1))
                    : (hash + Math.imul(tries, step)) & mask;
            const other = (slots[slot] as number) - 1;
            if (other < 0) return slot;
            if (hashes[slot] !== hash || row === undefined || columns.users[other] !== user) continue;
            if (columns.items[other] === row.item && columns.timestamps[other] === row.timestamp) return slot;
        }
    };
    const fill = (slot: number, row: number, hash: number): void => {
        slots[slot] = row + 1;
        hashes[slot] = hash;
    };
    const grow = (): void => {
        const [rowsBefore, hashesBefore] = [slots, hashes];
        slots = new Int32Array(rowsBefore.length * 2);
        hashes = new Int32Array(rowsBefore.length * 2);
        for (let before = 0; before < rowsBefore.length; before++) {
            const row = (rowsBefore[before] as number) - 1;
            if (row < 0) continue;
            const hash = hashesBefore[before] as number;
            fill(slotOf(hash, columns.users[row] as number), row, hash);
        }
    };
    const found = { item: 0, timestamp: 0 };
    /** Whether an earlier row equals this one. If none does, it is noted as the next row of the columns. */
    const isRepeat = (user: number, item: number, timestamp: number, rest: number): boolean => {
        if (columns.rows >= slots.length * fullShare) grow();
        let hash = Math.imul(user, 0x9e3779b1) ^ Math.imul(item, 0x85ebca6b) ^ Math.imul(timestamp | 0, 0xc2b2ae35);
        hash = Math.imul(hash ^ (hash >>> 15) ^ rest, 0x27d4eb2f);
        hash ^= hash >>> 13;
        found.item = item;
        found.timestamp = timestamp;
        const slot = slotOf(hash, user, found);
        if (slots[slot] !== 0) return true;
        fill(slot, columns.rows, hash);
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
