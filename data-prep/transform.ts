import { createHash } from "node:crypto";
import type { WriteBytes } from "./files.ts";
import { emptyRatingLine, parseRatingLine, type RatingLine } from "./rating-line.ts";

/** Column names in the order of the schema. The service requires an unquoted header. */
const HEADER = Buffer.from("USER_ID,ITEM_ID,EVENT_TYPE,TIMESTAMP\n");
const WATCH = Buffer.from('","Watch",');

/** Size of a work unit: memory stays constant for any source. */
const PIECE = 1 << 20;
/** Longer than any u.data line: two ids of 256 characters and two numbers. */
const LONGEST_LINE = 1 << 16;
/** Number of bad rows with details; further ones are only counted. */
const LISTED_BAD_ROWS = 20;

const LF = 0x0a;
const CR = 0x0d;
const COMMA = 0x2c;
const QUOTE = 0x22;

export interface BadRow {
    /** 1-based. */
    line: number;
    reason: string;
}

/** Result of one pass over u.data. Timestamps are epoch seconds, 0 without rows. */
export interface TransformResult {
    interactions: number;
    badRows: { count: number; first: BadRow[] };
    userCounts: Int32Array;
    itemCounts: Int32Array;
    firstTimestamp: number;
    lastTimestamp: number;
    /** SHA-256 of the written bytes, hexadecimal. */
    sha256: string;
}

/**
 * Converts u.data into the CSV for Personalize, in one pass over the bytes: `"196","242","Watch",881250949`, in the
 * order of the source. Bad rows are skipped and reported; the caller decides about them. Empty lines are skipped, and a
 * carriage return before the line end is removed. Throws an Error for a line above 64 KB (then it is another kind of
 * file), and the abort reason of `signal`.
 */
export async function transformRatings(
    source: AsyncIterable<Uint8Array>,
    write: WriteBytes,
    signal?: AbortSignal,
): Promise<TransformResult> {
    const hash = createHash("sha256");
    const rows = createRowWriter();
    const flush = async (bytes: Uint8Array) => {
        hash.update(bytes);
        await write(bytes);
    };
    await flush(HEADER);
    let carry: Uint8Array = new Uint8Array(0);
    for await (const chunk of source) {
        for (let from = 0; from < chunk.length; from += PIECE) {
            signal?.throwIfAborted();
            const piece = chunk.subarray(from, from + PIECE);
            const bytes = carry.length > 0 ? Buffer.concat([carry, piece]) : piece;
            const end = bytes.lastIndexOf(LF) + 1;
            await flush(rows.take(bytes, end));
            // A copy, because a source may reuse its buffer.
            carry = bytes.slice(end);
            if (carry.length > LONGEST_LINE) {
                throw new Error(`line ${rows.line() + 1} is longer than 64 KB: this is not a u.data file`);
            }
        }
    }
    if (carry.length > 0) await flush(rows.take(Buffer.concat([carry, Buffer.of(LF)]), carry.length + 1));
    return { ...rows.finish(), sha256: hash.digest("hex") };
}

function createRowWriter() {
    const users = createTally();
    const items = createTally();
    const badRows = { count: 0, first: [] as BadRow[] };
    const row = emptyRatingLine();
    let out = new Uint8Array(0);
    let line = 0;
    let interactions = 0;
    let firstTimestamp = Number.POSITIVE_INFINITY;
    let lastTimestamp = 0;

    /** Converts complete lines, those of `bytes` up to `end`; the result is valid until the next call. */
    const take = (bytes: Uint8Array, end: number): Uint8Array => {
        // A row has at least 7 bytes (with its line end), and grows by at most 11: quotes, commas and "Watch".
        if (out.length < end * 3) out = new Uint8Array(end * 3);
        let length = 0;
        let from = 0;
        while (from < end) {
            const lineEnd = bytes.indexOf(LF, from);
            const to = lineEnd > from && bytes[lineEnd - 1] === CR ? lineEnd - 1 : lineEnd;
            line++;
            if (to > from) {
                const reason = parseRatingLine(bytes, from, to, row);
                if (reason === undefined) {
                    length = writeRow(out, length, bytes, row, to);
                    interactions++;
                    users.add(row.userNumber, bytes, row.userFrom, row.userTo);
                    items.add(row.itemNumber, bytes, row.itemFrom, row.itemTo);
                    if (row.timestamp < firstTimestamp) firstTimestamp = row.timestamp;
                    if (row.timestamp > lastTimestamp) lastTimestamp = row.timestamp;
                } else {
                    badRows.count++;
                    if (badRows.first.length < LISTED_BAD_ROWS) badRows.first.push({ line, reason });
                }
            }
            from = lineEnd + 1;
        }
        return out.subarray(0, length);
    };
    const finish = () => ({
        interactions,
        badRows,
        userCounts: users.counts(),
        itemCounts: items.counts(),
        firstTimestamp: interactions > 0 ? firstTimestamp : 0,
        lastTimestamp,
    });
    return { take, finish, line: () => line };
}

function writeRow(out: Uint8Array, start: number, bytes: Uint8Array, row: RatingLine, lineTo: number): number {
    let at = start;
    out[at++] = QUOTE;
    at = copy(out, at, bytes, row.userFrom, row.userTo);
    out[at++] = QUOTE;
    out[at++] = COMMA;
    out[at++] = QUOTE;
    at = copy(out, at, bytes, row.itemFrom, row.itemTo);
    at = copy(out, at, WATCH, 0, WATCH.length);
    at = copy(out, at, bytes, row.timestampFrom, lineTo);
    out[at++] = LF;
    return at;
}

function copy(out: Uint8Array, start: number, bytes: Uint8Array, from: number, to: number): number {
    let at = start;
    for (let index = from; index < to; index++) out[at++] = bytes[index] ?? 0;
    return at;
}

/** Smaller numeric ids are counted in an array; 4 million of them take 16 MB. */
const DIRECT_LIMIT = 1 << 22;

/** Counts ids. Optimised for tens of millions of ids, most of them small numbers. */
export interface Tally {
    /**
     * Counts the id in `bytes` from `from` up to `to`. `number` is its value if it has only digits, no leading zeros,
     * and is below 2^31; otherwise -1.
     */
    add(number: number, bytes: Uint8Array, from: number, to: number): void;
    /** The count of each distinct id, in undefined order. */
    counts(): Int32Array;
}

/** Creates an empty tally. "7" and "07" are two ids, as in Personalize. */
export function createTally(): Tally {
    let direct = new Int32Array(4096);
    const others = new Map<string, number>();

    const add = (number: number, bytes: Uint8Array, from: number, to: number) => {
        if (number >= 0 && number < DIRECT_LIMIT) {
            if (number >= direct.length) {
                const longer = new Int32Array(Math.min(DIRECT_LIMIT, 2 ** Math.ceil(Math.log2(number + 1))));
                longer.set(direct);
                direct = longer;
            }
            direct[number] = (direct[number] ?? 0) + 1;
            return;
        }
        const id = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from).toString("utf8");
        others.set(id, (others.get(id) ?? 0) + 1);
    };
    const counts = () => Int32Array.from([...direct.filter((count) => count > 0), ...others.values()]);
    return { add, counts };
}
