import { createReadStream } from "node:fs";
import { createCsvParser, MalformedCsvError } from "../importing/csv.ts";
import type { Interactions } from "../model/interactions.ts";

/** The columns that Personalize requires in an item interactions data set. */
const REQUIRED_COLUMNS = ["USER_ID", "ITEM_ID", "TIMESTAMP"] as const;

/**
 * The error for a header without all required columns. `columns` lists the missing ones, in the order USER_ID, ITEM_ID,
 * TIMESTAMP.
 */
export class MissingColumnsError extends Error {
    override readonly name = "MissingColumnsError";
    readonly columns: string[];

    constructor(columns: string[]) {
        // Amazon Personalize returns this message.
        super(`Input CSV is missing the following columns:[${columns.join(", ")}].`);
        this.columns = columns;
    }
}

/**
 * Reads an interactions CSV (a path, or its bytes in chunks) into columns. The columns may be in any order, and other
 * columns are ignored. Throws MissingColumnsError, or MalformedCsvError (with the line) for bytes that are not UTF-8.
 * Throws MalformedCsvError also for a record with another number of fields than the header, an empty id, or a TIMESTAMP
 * that is not a whole number of epoch seconds.
 */
export async function readInteractions(source: string | AsyncIterable<Uint8Array>): Promise<Interactions> {
    const columns = createColumns();
    const parser = createCsvParser(columns.take);
    const decoder = new TextDecoder("utf-8", { fatal: true });
    const decode = (bytes?: Uint8Array) => {
        try {
            return bytes ? decoder.decode(bytes, { stream: true }) : decoder.decode();
        } catch {
            throw new MalformedCsvError(columns.lastLine(), "at or after it are bytes that are not UTF-8");
        }
    };
    for await (const bytes of typeof source === "string" ? createReadStream(source) : source)
        parser.write(decode(bytes));
    parser.write(decode());
    parser.end();
    return columns.finish();
}

/**
 * Sorts interactions by timestamp, and by their given order where timestamps are equal. Users of MovieLens rate a page
 * at a time, so half of all timestamps occur several times.
 */
function sortByTime(interactions: Interactions): Interactions {
    const { userIds, itemIds, users, items, timestamps } = interactions;
    const order = Uint32Array.from(timestamps.keys());
    order.sort((a, b) => (timestamps[a] ?? 0) - (timestamps[b] ?? 0) || a - b);
    const sorted = {
        userIds,
        itemIds,
        users: new Int32Array(order.length),
        items: new Int32Array(order.length),
        timestamps: new Float64Array(order.length),
    };
    order.forEach((from, to) => {
        sorted.users[to] = users[from] ?? 0;
        sorted.items[to] = items[from] ?? 0;
        sorted.timestamps[to] = timestamps[from] ?? 0;
    });
    return sorted;
}

function createColumns() {
    const userNumbers = new Map<string, number>();
    const itemNumbers = new Map<string, number>();
    const users: number[] = [];
    const items: number[] = [];
    const timestamps: number[] = [];
    let header: { width: number; user: number; item: number; timestamp: number } | undefined;
    let last = 1;

    const take = (fields: string[], line: number) => {
        last = line;
        if (!header) {
            header = readHeader(fields);
            return;
        }
        if (fields.length !== header.width) {
            throw new MalformedCsvError(line, `${fields.length} fields, where the header has ${header.width}`);
        }
        const user = fields[header.user] ?? "";
        const item = fields[header.item] ?? "";
        const timestamp = fields[header.timestamp] ?? "";
        if (user === "") throw new MalformedCsvError(line, "USER_ID is empty");
        if (item === "") throw new MalformedCsvError(line, "ITEM_ID is empty");
        if (!/^\d{1,15}$/.test(timestamp)) {
            throw new MalformedCsvError(line, `TIMESTAMP "${timestamp}" is not a whole number of epoch seconds`);
        }
        users.push(numberOf(userNumbers, user));
        items.push(numberOf(itemNumbers, item));
        timestamps.push(Number(timestamp));
    };

    const finish = (): Interactions => {
        if (!header) throw new MissingColumnsError([...REQUIRED_COLUMNS]);
        return sortByTime({
            userIds: [...userNumbers.keys()],
            itemIds: [...itemNumbers.keys()],
            users: Int32Array.from(users),
            items: Int32Array.from(items),
            timestamps: Float64Array.from(timestamps),
        });
    };
    return { take, finish, lastLine: () => last };
}

function readHeader(fields: string[]) {
    const missing = REQUIRED_COLUMNS.filter((column) => !fields.includes(column));
    if (missing.length > 0) throw new MissingColumnsError(missing);
    return {
        width: fields.length,
        user: fields.indexOf("USER_ID"),
        item: fields.indexOf("ITEM_ID"),
        timestamp: fields.indexOf("TIMESTAMP"),
    };
}

function numberOf(numbers: Map<string, number>, id: string): number {
    const existing = numbers.get(id);
    if (existing !== undefined) return existing;
    const next = numbers.size;
    numbers.set(id, next);
    return next;
}
