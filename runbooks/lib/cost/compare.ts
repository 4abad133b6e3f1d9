import { billedService, hoursPerMonth } from "../../../config/prices.ts";
import type { Estimate } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import { type BilledLine, dayStart, type ReportPeriod, type UsageKind, usageKind } from "./billed.ts";

/** The period of the comparison in epoch milliseconds, `[from, to)`. */
export interface Compared {
    readonly from: number;
    readonly to: number;
}

export interface ComparedRow {
    readonly service: string;
    /** For Personalize only. */
    readonly kind: UsageKind | undefined;
    /** Predicted cost in US dollars, the highest value of the estimate (`predicted`), and billed cost. */
    readonly predicted: number;
    readonly billed: number;
}

/**
 * Returns the part of a period in which the stack existed, without today, because today's bill is incomplete. On the
 * stack's first day, returns the time until now. Undefined if the stack did not exist in the period. `today` is a
 * midnight, and `bornAt` the creation time of the stack's first resource.
 */
export function comparedTime(
    { start, end }: ReportPeriod,
    { now, today, bornAt }: { readonly now: number; readonly today: number; readonly bornAt: number },
): Compared | undefined {
    const from = Math.max(start, bornAt);
    const wholeDays = Math.min(end, today);
    const to = wholeDays - day >= dayStart(from) ? wholeDays : Math.min(end, Math.max(now, today));
    return to > from ? { from, to } : undefined;
}

/**
 * Compares prediction and bill by service, and by kind for Personalize, largest first. Includes one-time costs if the
 * stack was created in the period.
 */
export function compare(
    estimate: Estimate,
    lines: readonly BilledLine[],
    time: Compared,
    bornAt: number,
): ComparedRow[] {
    const rows = new Map<string, { service: string; kind: UsageKind | undefined; predicted: number; billed: number }>();
    const ensureRow = (service: string, words: string) => {
        const kind = service === billedService ? usageKind(words) : undefined;
        const key = `${service} ${kind}`;
        const row = rows.get(key) ?? { service, kind, predicted: 0, billed: 0 };
        rows.set(key, row);
        return row;
    };
    const months = (time.to - time.from) / hour / hoursPerMonth;
    for (const { service, what, expected } of estimate.monthly) {
        ensureRow(service, what).predicted += expected.high * months;
    }
    if (bornAt >= time.from) {
        for (const { what, usd } of estimate.once) {
            ensureRow(billedService, what).predicted += usd.high;
        }
    }
    for (const { service, usageType, usd } of within(lines, time)) {
        ensureRow(service, usageType).billed += usd;
    }
    return [...rows.values()]
        .filter(({ predicted, billed }) => predicted > 0 || billed > 0)
        .sort((a, b) => Math.max(b.predicted, b.billed) - Math.max(a.predicted, a.billed));
}

/** Returns the lines of a bill whose days overlap the period. */
const within = (lines: readonly BilledLine[], { from, to }: Compared): BilledLine[] =>
    lines.filter((line) => line.day >= dayStart(from) && line.day < to);
