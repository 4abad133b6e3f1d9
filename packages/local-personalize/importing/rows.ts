import { existsSync, mkdirSync, renameSync, writeFileSync } from "node:fs";
import { endianness } from "node:os";
import { dirname } from "node:path";
import { plainName } from "filter-grammar";
import type { UserEvent } from "../events/streams.ts";
import { readAligned } from "../model/model.ts";

/** The rows of an interactions dataset in columns, sorted by (timestamp, order of import), without duplicates. */
export interface Rows {
    userIds: string[];
    itemIds: string[];
    /** Event types by number; "" for rows of a schema without EVENT_TYPE. */
    eventTypes: string[];
    users: Int32Array;
    items: Int32Array;
    events: Int32Array;
    timestamps: Float64Array;
    /** EVENT_VALUE of each row, NaN where it is null; absent if no row has one. */
    values?: Float64Array;
    /** Values of the schema's further columns; the keys are the columns' names. */
    extras?: Record<string, TextColumn>;
    /**
     * For each user, the time of the last import that contained the user, in epoch milliseconds. Absent for rows that
     * are not from an import.
     */
    importedAt?: number[];
}

/** A column of texts: row `r` has `words[numbers[r]]`, "" for null. */
interface TextColumn {
    words: string[];
    numbers: Int32Array;
}

/** Takes a row. `value` is the EVENT_VALUE, or NaN; `texts` are the values of the other columns, in their order. */
export type TakeRow = (
    userId: string,
    itemId: string,
    eventType: string,
    timestamp: number,
    value?: number,
    texts?: readonly string[],
) => void;

/**
 * Collects rows; `columns` are the names of their other columns. `finish` sorts the rows and removes duplicate events,
 * as the service does.
 */
export function createRowCollector(columns: readonly string[] = []) {
    const ids = { users: numbering(), items: numbering(), events: numbering() };
    const users: number[] = [];
    const items: number[] = [];
    const events: number[] = [];
    const timestamps: number[] = [];
    const values: number[] = [];
    const extras = columns.map((name) => ({ name, ids: numbering(), numbers: [] as number[] }));
    const add: TakeRow = (userId, itemId, eventType, timestamp, value = Number.NaN, texts = []) => {
        users.push(ids.users.numberOf(userId));
        items.push(ids.items.numberOf(itemId));
        events.push(ids.events.numberOf(eventType));
        timestamps.push(timestamp);
        values.push(value);
        for (const [index, { ids, numbers }] of extras.entries()) numbers.push(ids.numberOf(texts[index] ?? ""));
    };
    return {
        add,
        count: () => users.length,
        userCount: () => ids.users.all().length,
        finish(): Rows {
            const order = Uint32Array.from(timestamps.keys()).sort(
                (a, b) => (timestamps[a] ?? 0) - (timestamps[b] ?? 0) || a - b,
            );
            let seenEvents = new Set<string>();
            let time = Number.NaN;
            const kept = order.filter((row) => {
                if (timestamps[row] !== time) {
                    time = timestamps[row] ?? 0;
                    seenEvents = new Set();
                }
                const others = extras.map(({ numbers }) => numbers[row]).join(" ");
                const event = `${users[row]} ${items[row]} ${events[row]} ${values[row]} ${others}`;
                return seenEvents.size < seenEvents.add(event).size;
            });
            const column = (values: number[]) => Int32Array.from(kept, (row) => values[row] ?? 0);
            return {
                userIds: ids.users.all(),
                itemIds: ids.items.all(),
                eventTypes: ids.events.all(),
                users: column(users),
                items: column(items),
                events: column(events),
                timestamps: Float64Array.from(kept, (row) => timestamps[row] ?? 0),
                ...(!values.every(Number.isNaN) && {
                    values: Float64Array.from(kept, (row) => values[row] ?? Number.NaN),
                }),
                ...(extras.length > 0 && {
                    extras: Object.fromEntries(
                        extras.map(({ name, ids, numbers }) => [name, { words: ids.all(), numbers: column(numbers) }]),
                    ),
                }),
            };
        },
    };
}

/** Calls the callback for every row of `rows` in its order, with the texts of `columns`. */
export function eachRow(rows: Rows, take: TakeRow, columns: readonly string[] = []): void {
    const extras = columns.map((name) => rows.extras?.[name]);
    rows.timestamps.forEach((timestamp, row) => {
        const user = rows.userIds[rows.users[row] ?? 0] ?? "";
        const item = rows.itemIds[rows.items[row] ?? 0] ?? "";
        const texts = extras.map((column) => column?.words[column.numbers[row] ?? 0] ?? "");
        const eventType = rows.eventTypes[rows.events[row] ?? 0] ?? "";
        take(user, item, eventType, timestamp, rows.values?.[row] ?? Number.NaN, texts);
    });
}

/** Returns the rows of all users except `users`. */
export function rowsWithout(rows: Rows, users: ReadonlySet<string>): Rows {
    const columns = Object.keys(rows.extras ?? {});
    const collector = createRowCollector(columns);
    const take: TakeRow = (user, ...others) => users.has(user) || collector.add(user, ...others);
    eachRow(rows, take, columns);
    const left = collector.finish();
    const importedAt = new Map(rows.userIds.map((userId, user) => [userId, rows.importedAt?.[user] ?? 0]));
    return {
        ...left,
        ...(rows.importedAt && { importedAt: left.userIds.map((userId) => importedAt.get(userId) ?? 0) }),
    };
}

/**
 * Returns the rows and the streamed events in the order of their time. `columns` are the names of the other columns to
 * include.
 */
export function withEvents(rows: Rows, events: readonly UserEvent[], columns: readonly string[] = []): Rows {
    if (events.length === 0) return rows;
    const collector = createRowCollector(columns);
    eachRow(rows, collector.add, columns);
    for (const { user, itemId, eventType, sentAt, eventValue, properties } of events) {
        const texts = propertyTexts(properties, columns);
        collector.add(user, itemId, eventType, Math.floor(sentAt), eventValue ?? Number.NaN, texts);
    }
    return collector.finish();
}

/**
 * Returns the values of an event's properties (JSON) for `columns`. The name of a property is the name of its column in
 * camel case.
 */
export function propertyTexts(properties: string | null, columns: readonly string[]): string[] {
    if (properties === null || columns.length === 0) return [];
    const given = new Map(Object.entries(JSON.parse(properties)).map(([key, value]) => [plainName(key), value]));
    return columns.map((name) => String(given.get(plainName(name)) ?? ""));
}

// A file contains in this order: length of the header (8 bytes), header (JSON, padded to a multiple of 8 bytes),
// timestamps, event values (if the data has them), users, items, event types, optional columns.
const word = 8;

/** Writes rows to `file`, completely or not at all. */
export function saveRows(file: string, rows: Rows): void {
    const { userIds, itemIds, eventTypes, importedAt, timestamps, values, users, items, events, extras = {} } = rows;
    const facts = { rows: timestamps.length, ...(values && { hasValues: true }), endianness: endianness() };
    const words = Object.entries(extras).map(([name, column]) => [name, column.words]);
    const json = JSON.stringify({ userIds, itemIds, eventTypes, importedAt, extras: words, ...facts });
    const header = Buffer.from(json);
    const padding = Buffer.alloc((word - (header.length % word)) % word, " ");
    const length = Buffer.alloc(word);
    length.writeUInt32LE(header.length + padding.length);
    const others = Object.values(extras).map((column) => column.numbers);
    const numbers = [timestamps, ...(values ? [values] : []), users, items, events, ...others];
    const columns = numbers.map((column) => Buffer.from(column.buffer));
    writeWhole(file, Buffer.concat([length, header, padding, ...columns]));
}

/** Writes a file, completely or not at all. */
export function writeWhole(file: string, content: string | Uint8Array): void {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(`${file}.new`, content);
    renameSync(`${file}.new`, file);
}

/** Reads rows; returns none before the first import. Throws when a machine with another byte order wrote the file. */
export function loadRows(file: string): Rows {
    if (!existsSync(file)) return createRowCollector().finish();
    const bytes = readAligned(file);
    const headerLength = new DataView(bytes).getUint32(0, true);
    const header = JSON.parse(Buffer.from(bytes, word, headerLength).toString("utf8"));
    if (header.endianness !== endianness())
        throw new Error(`${file} was written on a machine with another byte order.`);
    const count: number = header.rows;
    let at = word + headerLength;
    const timestamps = new Float64Array(bytes, at, count);
    at += timestamps.byteLength;
    const values = header.hasValues ? new Float64Array(bytes, at, count) : undefined;
    at += values?.byteLength ?? 0;
    const texts: [string, string[]][] = header.extras ?? [];
    const [users, items, events, ...others] = Array.from(
        { length: 3 + texts.length },
        (_, column) => new Int32Array(bytes, at + column * 4 * count, count),
    );
    const { userIds, itemIds, eventTypes, importedAt } = header;
    if (!users || !items || !events) throw new Error(`${file} has no columns.`);
    const extras = texts.map(([name, words], index) => [name, { words, numbers: others[index] }]);
    const facts = {
        ...(values && { values }),
        ...(importedAt && { importedAt }),
        ...(extras.length > 0 && { extras: Object.fromEntries(extras) }),
    };
    return { userIds, itemIds, eventTypes, timestamps, users, items, events, ...facts };
}

function numbering() {
    const numbers = new Map<string, number>();
    return {
        numberOf(id: string): number {
            const existing = numbers.get(id);
            if (existing !== undefined) return existing;
            numbers.set(id, numbers.size);
            return numbers.size - 1;
        },
        all: () => [...numbers.keys()],
    };
}
