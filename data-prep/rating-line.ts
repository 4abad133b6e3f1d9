/** Personalize refuses longer ids. */
const MAX_ID_LENGTH = 256;
/** Ten digits reach the year 2286; thirteen are milliseconds, the usual mistake. */
const MAX_TIMESTAMP_DIGITS = 10;

const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

/** Positions of a u.data line's fields in its buffer; `userNumber` and `itemNumber` as Tally.add needs them. */
export interface RatingLine {
    userFrom: number;
    userTo: number;
    userNumber: number;
    itemFrom: number;
    itemTo: number;
    itemNumber: number;
    timestampFrom: number;
    timestamp: number;
}

export function emptyRatingLine(): RatingLine {
    return {
        userFrom: 0,
        userTo: 0,
        userNumber: -1,
        itemFrom: 0,
        itemTo: 0,
        itemNumber: -1,
        timestampFrom: 0,
        timestamp: 0,
    };
}

/**
 * Reads the u.data line (user, item, rating, epoch seconds; separated by tabs) in `bytes` from `from` up to `to`,
 * without its line end. Fills `line` and returns undefined, or returns a short error text. Ignores the rating:
 * Personalize gets every rating as a watch event. The caller reuses `line`, because one object per row costs more than
 * the whole parse.
 */
export function parseRatingLine(bytes: Uint8Array, from: number, to: number, line: RatingLine): string | undefined {
    const userTo = bytes.indexOf(TAB, from);
    const itemTo = userTo < 0 || userTo >= to ? -1 : fieldEnd(bytes, userTo + 1, to);
    const ratingTo = itemTo < 0 || itemTo >= to ? -1 : fieldEnd(bytes, itemTo + 1, to);
    if (ratingTo < 0 || ratingTo >= to || fieldEnd(bytes, ratingTo + 1, to) !== to) {
        const fields = Buffer.from(bytes.buffer, bytes.byteOffset + from, to - from)
            .toString("latin1")
            .split("\t");
        return `${fields.length} tab-separated field${fields.length === 1 ? "" : "s"} instead of 4 (user, item, rating, timestamp)`;
    }
    line.userFrom = from;
    line.userTo = userTo;
    line.userNumber = idNumber(bytes, from, userTo);
    line.itemFrom = userTo + 1;
    line.itemTo = itemTo;
    line.itemNumber = idNumber(bytes, userTo + 1, itemTo);
    line.timestampFrom = ratingTo + 1;
    if (line.userNumber < 0) {
        const wrong = idProblem(bytes, from, userTo);
        if (wrong) return `user id ${wrong}`;
    }
    if (line.itemNumber < 0) {
        const wrong = idProblem(bytes, userTo + 1, itemTo);
        if (wrong) return `item id ${wrong}`;
    }
    line.timestamp = digits(bytes, ratingTo + 1, to, MAX_TIMESTAMP_DIGITS);
    return line.timestamp < 0 ? timestampProblem(bytes, ratingTo + 1, to) : undefined;
}

function fieldEnd(bytes: Uint8Array, from: number, to: number): number {
    let at = from;
    while (at < to && bytes[at] !== TAB) at++;
    return at;
}

function digits(bytes: Uint8Array, from: number, to: number, most: number): number {
    if (to === from || to - from > most) return -1;
    let value = 0;
    for (let at = from; at < to; at++) {
        const byte = bytes[at] ?? 0;
        if (byte < ZERO || byte > NINE) return -1;
        value = value * 10 + (byte - ZERO);
    }
    return value;
}

function idNumber(bytes: Uint8Array, from: number, to: number): number {
    const leadingZero = bytes[from] === ZERO && to - from > 1;
    return leadingZero ? -1 : digits(bytes, from, to, 9);
}

function idProblem(bytes: Uint8Array, from: number, to: number): string | undefined {
    if (to === from) return "is empty";
    const raw = bytes.subarray(from, to);
    if (raw.some((byte) => byte === QUOTE || byte === BACKSLASH || byte < 0x20 || byte === 0x7f)) {
        return "has a quote, a backslash or a control character";
    }
    try {
        const id = new TextDecoder("utf-8", { fatal: true }).decode(raw);
        if (id.length > MAX_ID_LENGTH) return `has ${id.length} characters; Personalize takes ${MAX_ID_LENGTH}`;
    } catch {
        return "is not UTF-8";
    }
    return undefined;
}

function timestampProblem(bytes: Uint8Array, from: number, to: number): string {
    const text = Buffer.from(bytes.buffer, bytes.byteOffset + from, Math.min(40, to - from)).toString("latin1");
    const hint = /^\d{13}$/.test(text) ? "; it looks like milliseconds" : "";
    return `timestamp ${JSON.stringify(text)} is not a whole number of epoch seconds${hint}`;
}
