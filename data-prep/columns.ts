import { createReadStream } from "node:fs";

/**
 * An interactions CSV as numbers, in the file's order: in row `r`, user `users[r]` watched item `items[r]` at
 * `timestamps[r]` (epoch seconds). Users and items are numbered by first appearance.
 */
export interface Columns {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Int32Array;
    readonly items: Int32Array;
    readonly timestamps: Float64Array;
    /** Ids of users and items by their numbers. */
    readonly userIds: readonly string[];
    readonly itemIds: readonly string[];
}

/** The columns that an item interactions dataset requires. */
const REQUIRED_COLUMNS = ["USER_ID", "ITEM_ID", "TIMESTAMP"] as const;

/** The header lacks required columns. */
export class MissingColumnsError extends Error {
    override readonly name = "MissingColumnsError";

    constructor(columns: readonly string[]) {
        // The service's own message.
        super(`Input CSV is missing the following columns:[${columns.join(", ")}].`);
    }
}

/** The file is not a valid CSV; the message names the line, 1-based. */
export class MalformedCsvError extends Error {
    override readonly name = "MalformedCsvError";

    constructor(line: number, reason: string) {
        super(`line ${line}: ${reason}`);
    }
}

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

/** Ids that are plain numbers below this are looked up in an array. */
const directLimit = 1 << 22;

/**
 * Reads an interactions CSV in one pass over its bytes: ten million rows take seconds, at a few bytes of memory a row.
 * Ids are without their escapes.
 *
 * @throws MissingColumnsError, or MalformedCsvError that names the line.
 */
export async function readColumns(file: string): Promise<Columns> {
    let carry: Buffer = Buffer.alloc(0);
    const scanner = createScanner();
    for await (const chunk of createReadStream(file, { highWaterMark: 1 << 20 })) {
        const bytes: Buffer = carry.length > 0 ? Buffer.concat([carry, chunk as Buffer]) : (chunk as Buffer);
        carry = Buffer.from(bytes.subarray(scanner.take(bytes)));
    }
    if (carry.length > 0) scanner.take(Buffer.concat([carry, Buffer.of(LF)]));
    return scanner.finish();
}

function createScanner() {
    const users = createNumbering();
    const items = createNumbering();
    let header: { width: number; user: number; item: number; timestamp: number } | undefined;
    let columns = {
        users: new Int32Array(1 << 16),
        items: new Int32Array(1 << 16),
        timestamps: new Float64Array(1 << 16),
    };
    let rows = 0;
    let line = 0;
    // Start and end of each field of the current record, without its quotes.
    const bounds: number[] = [];

    /** The end of the record that begins at `start`, or -1 if it is incomplete. Fills `bounds`. */
    const fieldsOf = (bytes: Uint8Array, start: number): number => {
        let at = start;
        let field = 0;
        for (;;) {
            const quoted = bytes[at] === QUOTE;
            const from = quoted ? at + 1 : at;
            if (quoted) {
                at = closingQuote(bytes, from);
                if (at < 0) return -1;
            } else {
                while (at < bytes.length && bytes[at] !== COMMA && bytes[at] !== LF) at += 1;
            }
            const next = quoted ? at + 1 : at;
            bounds[2 * field] = from;
            bounds[2 * field + 1] = at;
            field += 1;
            at = quoted && bytes[next] === CR ? next + 1 : next;
            if (at >= bytes.length) return -1;
            if (bytes[at] === LF) {
                if (!quoted && at > from && bytes[at - 1] === CR) bounds[2 * field - 1] = at - 1;
                bounds.length = 2 * field;
                return at + 1;
            }
            if (bytes[at] !== COMMA) throw new MalformedCsvError(line + 1, "text follows a closing quote");
            at += 1;
        }
    };

    const record = (bytes: Buffer) => {
        const text = (field: number) => bytes.toString("utf8", bounds[2 * field], bounds[2 * field + 1]);
        const width = bounds.length / 2;
        if (!header) {
            header = readHeader(Array.from({ length: width }, (_, field) => text(field)));
            return;
        }
        const { user, item, timestamp } = header;
        if (width !== header.width) {
            throw new MalformedCsvError(line, `${width} fields, where the header has ${header.width}`);
        }
        for (const [name, field] of [
            ["USER_ID", user],
            ["ITEM_ID", item],
        ] as const) {
            if (bounds[2 * field] === bounds[2 * field + 1]) throw new MalformedCsvError(line, `${name} is empty`);
        }
        const time = digitsIn(bytes, bounds[2 * timestamp] as number, bounds[2 * timestamp + 1] as number, 15);
        if (time < 0) {
            throw new MalformedCsvError(line, `TIMESTAMP "${text(timestamp)}" is not a whole number of epoch seconds`);
        }
        if (rows === columns.users.length) columns = grown(columns);
        columns.users[rows] = users.numberOf(bytes, bounds[2 * user] as number, bounds[2 * user + 1] as number);
        columns.items[rows] = items.numberOf(bytes, bounds[2 * item] as number, bounds[2 * item + 1] as number);
        columns.timestamps[rows] = time;
        rows += 1;
    };

    /** Reads all complete records; returns the start of the rest. */
    const take = (bytes: Buffer): number => {
        let start = 0;
        while (start < bytes.length) {
            const end = fieldsOf(bytes, start);
            if (end < 0) break;
            line += 1;
            const empty = bounds.length === 2 && bounds[0] === bounds[1];
            if (!empty) record(bytes);
            start = end;
        }
        return start;
    };
    const finish = (): Columns => {
        if (!header) throw new MissingColumnsError([...REQUIRED_COLUMNS]);
        return {
            userCount: users.ids.length,
            itemCount: items.ids.length,
            users: columns.users.subarray(0, rows),
            items: columns.items.subarray(0, rows),
            timestamps: columns.timestamps.subarray(0, rows),
            userIds: users.ids,
            itemIds: items.ids,
        };
    };
    return { take, finish };
}

function closingQuote(bytes: Uint8Array, from: number): number {
    for (let at = from; at < bytes.length; at++) {
        if (bytes[at] === BACKSLASH) at += 1;
        else if (bytes[at] === QUOTE) {
            if (at + 1 === bytes.length) return -1;
            if (bytes[at + 1] !== QUOTE) return at;
            at += 1;
        }
    }
    return -1;
}

function readHeader(fields: readonly string[]) {
    const missing = REQUIRED_COLUMNS.filter((column) => !fields.includes(column));
    if (missing.length > 0) throw new MissingColumnsError([...missing]);
    const [user, item, timestamp] = REQUIRED_COLUMNS.map((column) => fields.indexOf(column)) as [
        number,
        number,
        number,
    ];
    return { width: fields.length, user, item, timestamp };
}

/** Numbers ids by first appearance; most ids are small numbers. */
function createNumbering() {
    const ids: string[] = [];
    let direct = new Int32Array(4096).fill(-1);
    const others = new Map<string, number>();
    const numberOf = (bytes: Buffer, from: number, to: number): number => {
        const leadingZero = bytes[from] === ZERO && to - from > 1;
        const value = leadingZero ? -1 : digitsIn(bytes, from, to, 7);
        if (value < 0 || value >= directLimit) {
            const written = bytes.toString("utf8", from, to);
            const id = /["\\]/.test(written)
                ? written.replace(/\\(.)|""/g, (_, char?: string) => char ?? '"')
                : written;
            const known = others.get(id) ?? ids.push(id) - 1;
            others.set(id, known);
            return known;
        }
        if (value >= direct.length) {
            const longer = new Int32Array(2 ** Math.ceil(Math.log2(value + 1))).fill(-1);
            longer.set(direct);
            direct = longer;
        }
        if ((direct[value] as number) < 0) direct[value] = ids.push(String(value)) - 1;
        return direct[value] as number;
    };
    return { ids, numberOf };
}

/** The value of the digits, or -1 if there are none, more than `most`, or other characters. */
function digitsIn(bytes: Uint8Array, from: number, to: number, most: number): number {
    if (to === from || to - from > most) return -1;
    let value = 0;
    for (let at = from; at < to; at++) {
        const byte = bytes[at] as number;
        if (byte < ZERO || byte > NINE) return -1;
        value = value * 10 + (byte - ZERO);
    }
    return value;
}

function grown(columns: {
    users: Int32Array<ArrayBuffer>;
    items: Int32Array<ArrayBuffer>;
    timestamps: Float64Array<ArrayBuffer>;
}) {
    const length = columns.users.length * 2;
    const larger = {
        users: new Int32Array(length),
        items: new Int32Array(length),
        timestamps: new Float64Array(length),
    };
    larger.users.set(columns.users);
    larger.items.set(columns.items);
    larger.timestamps.set(columns.timestamps);
    return larger;
}
