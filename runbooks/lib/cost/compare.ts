import { billedService, hoursPerMonth } from "../../../config/prices.ts";
import type { Estimate } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import type { BilledLine } from "./billed.ts";
import { midnightOf, type ReportPeriod } from "./report-period.ts";
import { type UsageKind, usageKind } from "./usage-kind.ts";

/** The time in which a prediction is held against the bill; epoch milliseconds, `[from, to)`. */
export interface Compared {
    readonly from: number;
    readonly to: number;
}

export interface ComparedRow {
    readonly service: string;
    /** Of Personalize only. */
    readonly kind: UsageKind | undefined;
    /** US dollars; `predicted` is the upper end of the estimate. */
    readonly predicted: number;
    readonly billed: number;
}

/**
 * The whole days of a period since the stack is there: today's bill is not complete. On its first day it is the time so
 * far. Undefined where the stack was not there yet.
 *
 * `today` is a midnight; `bornAt` is when the stack's first resource was made.
 */
export function comparedTime(
    { start, end }: ReportPeriod,
    { now, today, bornAt }: { readonly now: number; readonly today: number; readonly bornAt: number },
): Compared | undefined {
    const from = Math.max(start, bornAt);
    const wholeDays = Math.min(end, today);
    const to = wholeDays - day >= midnightOf(from) ? wholeDays : Math.min(end, Math.max(now, today));
    return to > from ? { from, to } : undefined;
}

/**
 * What was predicted for a time beside what was billed in it, by service, and of Personalize by kind; the dearest first.
 * What is paid once counts where the stack began within the time.
 */
export function compare(
    estimate: Estimate,
    lines: readonly BilledLine[],
    time: Compared,
    bornAt: number,
): ComparedRow[] {
    const rows = new Map<string, { service: string; kind: UsageKind | undefined; predicted: number; billed: number }>();
    const rowOf = (service: string, words: string) => {
        const kind = service === billedService ? usageKind(words) : undefined;
        const key = `${service} ${kind}`;
        const row = rows.get(key) ?? { service, kind, predicted: 0, billed: 0 };
        rows.set(key, row);
        return row;
    };
    const months = (time.to - time.from) / hour / hoursPerMonth;
    for (const { service, what, expected } of estimate.monthly) {
        rowOf(service, what).predicted += expected.high * months;
    }
    if (bornAt >= time.from) {
        for (const { what, usd } of estimate.once) {
            rowOf(billedService, what).predicted += usd.high;
        }
    }
    for (const { service, usageType, usd } of within(lines, time)) {
        rowOf(service, usageType).billed += usd;
    }
    return [...rows.values()]
        .filter(({ predicted, billed }) => predicted > 0 || billed > 0)
        .sort((a, b) => Math.max(b.predicted, b.billed) - Math.max(a.predicted, a.billed));
}

/** The lines of the days that a time touches. */
export const within = (lines: readonly BilledLine[], { from, to }: Compared): BilledLine[] =>
    lines.filter((line) => line.day >= midnightOf(from) && line.day < to);
