import { toRecord } from "local-personalize";

/** An error of Cost Explorer, with the name of its exception. */
export class CostExplorerError extends Error {
    readonly code: "ValidationException" | "DataUnavailableException" | "UnknownOperationException";

    constructor(code: CostExplorerError["code"], message: string) {
        super(message);
        this.code = code;
    }
}

/** Creates a ValidationException. */
export const invalid = (message: string) => new CostExplorerError("ValidationException", message);

type Granularity = "HOURLY" | "DAILY" | "MONTHLY";

/** A period in epoch milliseconds, `[start, end)`. */
interface Period {
    readonly start: number;
    readonly end: number;
}

export type Body = Readonly<Record<string, unknown>>;

const hour = 3_600_000;
const day = 24 * hour;

/**
 * Reads the period and granularity of a call.
 * @throws CostExplorerError ValidationException for invalid dates
 */
export function readPeriod(body: Body): Period & { granularity: Granularity } {
    const granularity = body.Granularity;
    if (granularity !== "HOURLY" && granularity !== "DAILY" && granularity !== "MONTHLY") {
        throw invalid(
            `Granularity must be HOURLY, DAILY or MONTHLY; it is ${JSON.stringify(granularity) ?? "missing"}`,
        );
    }
    const { Start, End } = toRecord(body.TimePeriod);
    const [start, end] = [readTime(Start, "Start", granularity), readTime(End, "End", granularity)];
    if (start >= end) throw invalid("Start date (and hour) should be before end date (and hour)");
    return { start, end, granularity };
}

function readTime(text: unknown, name: string, granularity: Granularity): number {
    const [pattern, format] =
        granularity === "HOURLY"
            ? [/^\d{4}-\d{2}-\d{2}T\d{2}:00:00Z$/, "yyyy-MM-dd'T'HH:00:00'Z'"]
            : [/^\d{4}-\d{2}-\d{2}$/, "yyyy-MM-dd"];
    const time = typeof text === "string" && pattern.test(text) ? Date.parse(text) : Number.NaN;
    // Node.js reads February 30 as a day in March.
    if (Number.isNaN(time) || !new Date(time).toISOString().startsWith(String(text).slice(0, 13))) {
        throw invalid(`${name} time ${text} is invalid. Valid format is: ${format}.`);
    }
    return time;
}

/** Splits a period into hours, days or months. The first and last month may be partial. */
export function cut({ start, end }: Period, granularity: Granularity): Period[] {
    const periods: Period[] = [];
    for (let from = start; from < end; ) {
        const to = Math.min(end, nextPeriodStart(from, granularity));
        periods.push({ start: from, end: to });
        from = to;
    }
    return periods;
}

function nextPeriodStart(time: number, granularity: Granularity): number {
    if (granularity !== "MONTHLY") return time + (granularity === "HOURLY" ? hour : day);
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}

/** Formats a period as Cost Explorer does. */
export function shown({ start, end }: Period, granularity: Granularity): { Start: string; End: string } {
    const show = (time: number) => new Date(time).toISOString().replace(granularity === "HOURLY" ? ".000" : /T.*/, "");
    return { Start: show(start), End: show(end) };
}
