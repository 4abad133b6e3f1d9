import { closeSync, createReadStream, openSync, readSync } from "node:fs";
import { createIdField, type IdField, type SpacedIds } from "./id-field.ts";
import { createNumbering, longer } from "./interner.ts";
import { createScanner, type Dialect, type Scanner, unescaped } from "./reading/scan.ts";
import { parseDigits } from "./values.ts";

/**
 * Interactions as numbers, in the file's order. In row `r`, user `users[r]` had an event with item `items[r]` at
 * `timestamps[r]` (epoch seconds). Users and items are numbered by first appearance.
 */
export interface Columns {
    readonly userCount: number;
    readonly itemCount: number;
    readonly users: Int32Array;
    readonly items: Int32Array;
    readonly timestamps: Uint32Array;
    /** Ids of users and items; the index is their number. */
    readonly userIds: readonly string[];
    readonly itemIds: readonly string[];
}

/** Collects interactions in arrays that grow. `hashUser` returns the id of a user in the result. */
export function createColumns(hashUser?: (id: string) => string) {
    const userNumbers = createNumbering();
    const itemNumbers = createNumbering();
    const columns = {
        rows: 0,
        users: new Int32Array(1 << 16),
        items: new Int32Array(1 << 16),
        timestamps: new Uint32Array(1 << 16),
    };
    const add = (user: number, item: number, timestamp: number): void => {
        const { rows } = columns;
        if (rows === columns.users.length) {
            columns.users = longer(columns.users, new Int32Array(2 * rows));
            columns.items = longer(columns.items, new Int32Array(2 * rows));
            columns.timestamps = longer(columns.timestamps, new Uint32Array(2 * rows));
        }
        columns.users[rows] = user;
        columns.items[rows] = item;
        columns.timestamps[rows] = timestamp;
        columns.rows = rows + 1;
    };
    /** Removes the rows with these numbers, which are in ascending order. */
    const remove = (removed: Int32Array): void => {
        for (const values of [columns.users, columns.items, columns.timestamps]) {
            removed.forEach((row, index) => {
                values.copyWithin(row - index, row + 1, removed[index + 1] ?? columns.rows);
            });
        }
        columns.rows -= removed.length;
    };
    const hashes: string[] = [];
    const hashedUser =
        hashUser &&
        ((number: number): string => {
            hashes[number] ??= hashUser(userNumbers.ids[number] as string);
            return hashes[number];
        });
    const finish = (): Columns => ({
        userCount: userNumbers.ids.length,
        itemCount: itemNumbers.ids.length,
        users: columns.users.subarray(0, columns.rows),
        items: columns.items.subarray(0, columns.rows),
        timestamps: columns.timestamps.subarray(0, columns.rows),
        userIds: hashedUser ? userNumbers.ids.map((_, number) => hashedUser(number)) : userNumbers.ids,
        itemIds: itemNumbers.ids,
    });
    const [spacedUsers, spacedItems]: SpacedIds[] = [new Map(), new Map()];
    return {
        userNumbers,
        itemNumbers,
        spacedUsers,
        spacedItems,
        hashedUser,
        rows: () => columns.rows,
        add,
        remove,
        finish,
    };
}

/** Returns the number of rows of each group. */
export function countRows(groups: Int32Array, count: number): Int32Array {
    const counts = new Int32Array(count);
    for (let row = 0; row < groups.length; row++) {
        const group = groups[row] as number;
        counts[group] = (counts[group] as number) + 1;
    }
    return counts;
}

/** The columns that an item interactions dataset requires. */
const requiredColumns = ["USER_ID", "ITEM_ID", "TIMESTAMP"] as const;

/** Returns the error for a header without required columns, in the words of Amazon Personalize. */
const missingColumns = (columns: readonly string[]) =>
    new Error(`Input CSV is missing the following columns:[${columns.join(", ")}].`);

/** Returns the error for a file that is not a valid CSV. `line` is counted from 1. */
const malformed = (line: number, reason: string) => new Error(`line ${line}: ${reason}`);

/** Delimiter and quotes of the CSV that Personalize imports. */
const dialect: Dialect = { delimiter: ",", quotes: true, escape: "\\" };
const LF = 0x0a;
/** Latest time that columns can hold, in epoch seconds: 32 bits last until February 2106. */
export const latestTime = 2 ** 32 - 1;

/** Reads the interactions CSV in a file: see `parseColumns`. */
export const readColumns = (file: string): Promise<Columns> =>
    parseColumns(createReadStream(file, { highWaterMark: 1 << 20 }));

/**
 * Reads an interactions CSV in one pass over its bytes. Ten million rows take seconds, at a few bytes of memory a row.
 * Ids are without their escapes.
 *
 * @throws Error that names the missing columns, or the wrong line
 */
export async function parseColumns(chunks: AsyncIterable<Uint8Array>): Promise<Columns> {
    let carry: Buffer = Buffer.alloc(0);
    const reader = createReader();
    for await (const chunk of chunks) {
        const bytes = Buffer.concat([carry, chunk]);
        carry = Buffer.from(bytes.subarray(reader.take(bytes)));
    }
    if (carry.length > 0) reader.take(Buffer.concat([carry, Buffer.of(LF)]), true);
    return reader.finish();
}

function createReader() {
    const collected = createColumns();
    const userField = createIdField(collected.userNumbers, dialect);
    const itemField = createIdField(collected.itemNumbers, dialect);
    const scanner = createScanner(dialect);
    let header: { width: number; user: number; item: number; timestamp: number } | undefined;
    let line = 1;

    const record = (bytes: Buffer) => {
        if (scanner.problem) throw malformed(line, scanner.problem);
        const { fields } = scanner;
        if (!header) {
            header = readHeader(Array.from({ length: fields }, (_, field) => textOf(bytes, scanner, field)));
            return;
        }
        if (fields !== header.width) {
            throw malformed(line, `${fields} fields, where the header has ${header.width}`);
        }
        const [from, to] = boundsOf(scanner, header.timestamp);
        const time = parseDigits(bytes, from, to, 10);
        if (time < 0 || time > latestTime) {
            const written = textOf(bytes, scanner, header.timestamp);
            const reason = "is not a whole number of epoch seconds before the year 2106";
            throw malformed(line, `TIMESTAMP "${written}" ${reason}`);
        }
        const internId = (id: IdField, name: string, field: number) => {
            const [start, end] = boundsOf(scanner, field);
            if (start === end) throw malformed(line, `${name} is empty`);
            id.read(bytes, start, end);
            return id.numbered();
        };
        const user = internId(userField, "USER_ID", header.user);
        collected.add(user, internId(itemField, "ITEM_ID", header.item), time);
    };

    /** Reads all complete records of `bytes`. Returns the position after the last complete record. */
    const take = (bytes: Buffer, isEnd = false): number => {
        let start = 0;
        while (start < bytes.length) {
            const end = scanner.next(bytes, start);
            if (end < 0 && isEnd) throw malformed(line, "a quote is opened and never closed");
            if (end < 0) break;
            if (!scanner.empty) record(bytes);
            line += scanner.lines;
            start = end;
        }
        return start;
    };
    const finish = (): Columns => {
        if (!header) throw missingColumns(requiredColumns);
        return collected.finish();
    };
    return { take, finish };
}

/** Returns the required columns that the first line of a file does not contain; none for a file of data-prep. */
export function findMissingColumns(path: string): readonly string[] {
    const start = Buffer.alloc(1 << 16);
    const file = openSync(path, "r");
    const length = readSync(file, start);
    closeSync(file);
    const [header = ""] = start.toString("utf8", 0, length).split(/\r?\n/, 1);
    const fields = header.split(",").map((field) => field.replace(/^"(.*)"$/, "$1"));
    return requiredColumns.filter((column) => !fields.includes(column));
}

const boundsOf = ({ bounds }: Scanner, field: number) =>
    [bounds[2 * field] as number, bounds[2 * field + 1] as number] as const;

function textOf(bytes: Buffer, scanner: Scanner, field: number): string {
    return unescaped(bytes.toString("utf8", ...boundsOf(scanner, field)), dialect);
}

function readHeader(fields: readonly string[]) {
    const missing = requiredColumns.filter((column) => !fields.includes(column));
    if (missing.length > 0) throw missingColumns(missing);
    const at = (column: (typeof requiredColumns)[number]) => fields.indexOf(column);
    return { width: fields.length, user: at("USER_ID"), item: at("ITEM_ID"), timestamp: at("TIMESTAMP") };
}
