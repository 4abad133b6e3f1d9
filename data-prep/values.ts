import { isUtf8 } from "node:buffer";
import type { TimeFormat } from "access-doctor/times";
import { visible, withSpaces } from "terminal-text";

/** Maximum length of IDs and event types in Personalize. */
const maxLength = 256;

const QUOTE = 0x22;
const DOT = 0x2e;
const BACKSLASH = 0x5c;
const ZERO = 0x30;
const NINE = 0x39;

/**
 * Returns the number that the digits from `from` up to `to` form; -1 without digits, with more than `most`, or with
 * other characters.
 */
export function parseDigits(bytes: Uint8Array, from: number, to: number, most: number): number {
    if (to === from || to - from > most) return -1;
    let value = 0;
    for (let at = from; at < to; at++) {
        const byte = bytes[at] as number;
        if (byte < ZERO || byte > NINE) return -1;
        value = value * 10 + (byte - ZERO);
    }
    return value;
}

/** Returns the value of an id that is a plain number of at most 9 digits; otherwise -1. */
export function idNumber(bytes: Uint8Array, from: number, to: number): number {
    const leadingZero = bytes[from] === ZERO && to - from > 1;
    return leadingZero ? -1 : parseDigits(bytes, from, to, 9);
}

/** Checks whether an ID needs a `\` before one of its characters in the service's CSV. */
export function needsEscape(bytes: Uint8Array, from: number, to: number): boolean {
    for (let at = from; at < to; at++) if (bytes[at] === QUOTE || bytes[at] === BACKSLASH) return true;
    return false;
}

/** Returns why Personalize does not accept a text as an ID or event type; undefined if it does. */
export function idProblem(bytes: Uint8Array, from: number, to: number): string | undefined {
    if (to === from) return "is empty";
    // Browsers and HTTP libraries remove these segments from a path, so no request could name the id.
    if (bytes[from] === DOT && (to - from === 1 || (to - from === 2 && bytes[from + 1] === DOT)))
        return "is . or .., which an address of the API cannot contain";
    let plain = true;
    for (let at = from; at < to; at++) {
        const byte = bytes[at] as number;
        if (byte < 0x20 || byte === 0x7f) return "has a control character";
        if (byte >= 0x80) plain = false;
    }
    if (plain && to - from <= maxLength) return undefined;
    const raw = bytes.subarray(from, to);
    if (!plain && !isUtf8(raw)) return "is not UTF-8";
    const { length } = Buffer.from(raw.buffer, raw.byteOffset, raw.byteLength).toString("utf8");
    return length > maxLength ? `has ${length} characters; Personalize takes ${maxLength}` : undefined;
}

/**
 * Returns a text for a terminal, cut after `most` characters. Control characters are escaped, spaces at the ends are `·`,
 * and no-break spaces are `[NBSP]`.
 */
export function abbreviate(text: string, most = 120): string {
    const spaced = withSpaces(text);
    return visible(spaced.length > most ? `${spaced.slice(0, most)}…` : spaced);
}

/** Returns why a text is not a time of the format. */
export function timeProblem(text: string, format: TimeFormat): string {
    const expected: Readonly<Record<string, string>> = {
        s: "a whole number of epoch seconds",
        ms: "epoch milliseconds",
        us: "epoch microseconds",
        ns: "epoch nanoseconds",
        iso: "an ISO 8601 time",
        excel: "a serial number of Excel",
    };
    const hint = format === "s" && /^\d{13}$/.test(text) ? "; it looks like milliseconds" : "";
    const wanted = expected[format] ?? `a time like ${format}`;
    return `timestamp ${JSON.stringify(abbreviate(text, 40))} is not ${wanted}${hint}`;
}
