import { latestTime } from "./columns.ts";
import { type Dialect, unescaped } from "./reading/scan.ts";
import { type TimeFormat, timeReader } from "./reading/times.ts";
import { parseDigits, timeProblem } from "./values.ts";

/** The time of the current record. */
export interface TimeField {
    /** Reads the field between two positions. Returns the reason if it is not a usable time. */
    read(record: Buffer, start: number, end: number): string | undefined;
    /** Returns the time that was read, epoch seconds. */
    seconds(): number;
    /** Writes the time that was read; returns the position after it. */
    write(out: Buffer, start: number): number;
}

/**
 * Creates the reader of a column of times. `latest` is the latest accepted time in epoch seconds: a later one is in the
 * future.
 */
export function createTimeField(format: TimeFormat, dialect: Dialect, latest: number): TimeField {
    const readTime = timeReader(format);
    let bytes: Buffer = Buffer.alloc(0);
    let [from, to, seconds] = [0, 0, 0];
    /** Whether the CSV can contain the digits of the field unchanged. */
    let isWritten = false;

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
    const write = (out: Buffer, start: number): number => {
        if (!isWritten) return start + out.write(String(seconds), start, "latin1");
        let at = start;
        for (let index = from; index < to; index++) out[at++] = bytes[index] as number;
        return at;
    };
    return { read, seconds: () => seconds, write };
}
