import { type Estimate, estimate } from "../../../cost/estimate.ts";
import type { PlannedStack } from "../../../cost/planned-stack.ts";
import { type BilledLine, dayStart, type ReportPeriod } from "./billed.ts";
import { type Compared, type ComparedRow, compare, comparedTime } from "./compare.ts";

/** The input of a report. */
export interface Reported {
    readonly plan: PlannedStack;
    /**
     * Creation time of the stack's first resource, epoch milliseconds. Undefined for a stack without resources, for
     * example after a destroy.
     */
    readonly bornAt: number | undefined;
    readonly period: ReportPeriod;
    readonly now: number;
}

export interface CostReport {
    readonly lines: readonly BilledLine[];
    readonly totalUsd: number;
    /**
     * The estimate for a month with a campaign that always runs, US dollars; undefined for a stack without resources.
     */
    readonly estimate: Estimate | undefined;
    readonly compared: (Compared & { readonly rows: readonly ComparedRow[] }) | undefined;
}

/** Sums a bill, and compares it with the estimate for the same time. A stack without resources has no estimate. */
export function costReport(bill: readonly BilledLine[], { plan, bornAt, period, now }: Reported): CostReport {
    const lines = bill.filter(({ usd, quantity }) => usd > 0 || quantity > 0);
    const totalUsd = lines.reduce((sum, { usd }) => sum + usd, 0);
    if (bornAt === undefined) return { lines, totalUsd, estimate: undefined, compared: undefined };
    const predicted = estimate(plan);
    // The newest billed day may be ahead of this machine's clock.
    const today = Math.max(dayStart(now), ...lines.map(({ day }) => day));
    const time = comparedTime(period, { now, today, bornAt });
    return {
        lines,
        totalUsd,
        estimate: predicted,
        compared: time && { ...time, rows: compare(predicted, lines, time, bornAt) },
    };
}
