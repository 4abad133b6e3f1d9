import { type TimeFormat, timeReader } from "access-doctor/times";
import { latestTime } from "./columns.ts";
import { remembering } from "./interner.ts";
import { type Decimals, withPoint } from "./numbers.ts";
import type { Decision, EventRule } from "./reading/event-rule.ts";
import { type Dialect, unescaped } from "./reading/scan.ts";
import { idProblem, parseDigits, timeProblem } from "./values.ts";

/**
 * Creates the reader of a column of times: `seconds` returns the time that `read` read, in epoch seconds. `latest` is
 * the latest accepted time in epoch seconds: a later one is in the future.
 */
export function createTimeField(format: TimeFormat, dialect: Dialect, latest: number) {
    const readTime = timeReader(format);
    let bytes: Buffer = Buffer.alloc(0);
    let [from, to, seconds] = [0, 0, 0];
    /** Whether the CSV can contain the digits of the field unchanged. */
    let isWritten = false;

    /** Reads the field between two positions. Returns the reason if it is not a usable time. */
    const read = (record: Buffer, start: number, end: number): string | undefined => {
        bytes = record;
        from = start;
        to = end;
        seconds = format === "s" ? parseDigits(bytes, from, to, 10) : -1;
        isWritten = seconds >= 0;
        if (!isWritten) {
            const text = unescaped(bytes.toString("utf8", from, to), dialect).trim();
            const time = readTime(text);
            if (time === undefined) return timeProblem(text, format);
            seconds = time;
        }
        if (seconds > Math.min(latest, latestTime)) {
            return `timestamp ${seconds} is in the future (${new Date(seconds * 1000).toISOString()})`;
        }
        return seconds < 0 ? "timestamp is before 1970" : undefined;
    };
    /** Writes the time that was read; returns the position after it. */
    const write = (out: Buffer, start: number): number => {
        if (!isWritten) return start + out.write(String(seconds), start, "latin1");
        let at = start;
        for (let index = from; index < to; index++) out[at++] = bytes[index] as number;
        return at;
    };
    return { read, seconds: () => seconds, write };
}

/** A function that reads a record. `bounds` has the start and the end of each field. */
type ReadEvent = (record: Buffer, bounds: Int32Array) => Decision;

/**
 * Creates the function that reads a record's event type. The type is the same for all records, or a rule or a column
 * determines it. `decimals` has the decimal signs of columns with commas.
 */
export function eventReader(
    event: string | EventRule | undefined,
    column: number,
    dialect: Dialect,
    decimals: Decimals,
): ReadEvent {
    const textOf = (record: Buffer, from: number, to: number) => unescaped(record.toString("utf8", from, to), dialect);
    const pointed = (record: Buffer, from: number, to: number, each: number) =>
        withPoint(textOf(record, from, to), decimals.get(each));
    if (typeof event === "string") {
        const field = { type: event };
        return () => field;
    }
    if (event === undefined) {
        return atColumn(column, (record, from, to) => {
            const wrong = idProblem(record, from, to);
            if (wrong) return { type: undefined, problem: [column, `event type ${wrong}`] };
            const type = textOf(record, from, to);
            return /["\\]/.test(type) ? { type, problem: [column, unnameable] } : { type };
        });
    }
    const [only, ...others] = [...new Set(event.columns)];
    if (only !== undefined && others.length === 0) {
        return atColumn(only, (record, from, to) => event.decide(() => pointed(record, from, to, only)));
    }
    return (record, bounds) =>
        event.decide((each) => pointed(record, bounds[2 * each] as number, bounds[2 * each + 1] as number, each));
}

const unnameable = "event type has a quote or a backslash, which no filter can name";

/**
 * Reads the text of a column. Caches the result for each different text, because columns of event types and ratings
 * repeat a few texts.
 */
function atColumn(column: number, read: (record: Buffer, from: number, to: number) => Decision): ReadEvent {
    const remembered = remembering(read);
    return (record, bounds) => remembered(record, bounds[2 * column] as number, bounds[2 * column + 1] as number);
}
