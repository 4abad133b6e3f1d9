import { day } from "../../../cost/time.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

/** The days of a report, by UTC as bills have them; epoch milliseconds of midnights, `[start, end)`. */
export interface ReportPeriod {
    readonly start: number;
    readonly end: number;
    /** The month that a forecast is about; undefined for days that are no month. */
    readonly month: string | undefined;
}

export const dateOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
export const midnightOf = (time: number): number => time - (time % day);

/** The last days, a month, or by default the month of `now`. Its end may lie ahead: at most that of the month of `now`. */
export function reportPeriod(
    now: number,
    { days, month }: { readonly days?: number | undefined; readonly month?: string | undefined },
): ReportPeriod {
    if (days !== undefined && month !== undefined) {
        throw new RunbookError("Either --days or --month, not both.", exitCodes.usage);
    }
    if (days !== undefined) {
        const end = midnightOf(now) + day;
        return { start: end - days * day, end, month: undefined };
    }
    const which = month ?? dateOf(now).slice(0, 7);
    const start = Date.parse(`${which}-01T00:00:00Z`);
    if (!/^\d{4}-\d{2}$/.test(which) || Number.isNaN(start)) {
        throw new RunbookError(`"${which}" is no month. Name one as --month 2026-11.`, exitCodes.usage);
    }
    return { start, end: monthAfter(start), month: which };
}

/** The first instant of the month after that of a time. */
export function monthAfter(time: number): number {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1);
}
