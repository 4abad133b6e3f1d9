import { type Estimate, estimate, type PlannedStack } from "../../../cost/estimate.ts";
import type { ParkedFlag } from "../../../personalize/operations/state-flags.ts";
import type { BilledLine, BillScope, CountedBill } from "./billed.ts";
import { type Compared, type ComparedRow, compare, comparedTime } from "./compare.ts";
import { type Outlook, outlookOf } from "./outlook.ts";
import { dateOf, midnightOf, monthAfter, type ReportPeriod } from "./report-period.ts";
import { savedByBill, savedByNote } from "./saved.ts";

/** What a report is about. */
export interface Reported {
    readonly plan: PlannedStack;
    readonly region: string;
    /** Undefined: what the whole account was billed. */
    readonly stackTag: string | undefined;
    /** When the stack's first resource was made, epoch milliseconds. */
    readonly bornAt: number;
    readonly parked: ParkedFlag | undefined;
    readonly period: ReportPeriod;
    readonly now: number;
}

export interface CostReport {
    readonly scope: BillScope;
    readonly lines: readonly BilledLine[];
    readonly totalUsd: number;
    /** What a month costs by the estimate, with the campaign all the time, US dollars. */
    readonly estimate: Estimate;
    readonly compared: (Compared & { readonly rows: readonly ComparedRow[] }) | undefined;
    readonly savedByNote: ReturnType<typeof savedByNote>;
    readonly savedByBill: ReturnType<typeof savedByBill>;
    readonly outlook: Outlook | undefined;
}

/** How often Cost Explorer is asked at least: for the bill, and for a forecast where the period is the month of `now`. */
export const leastCalls = ({ month }: ReportPeriod, now: number): number =>
    month !== undefined && month >= dateOf(now).slice(0, 7) ? 2 : 1;

/** Asks for the bill and the forecast, and holds them against what was predicted. */
export async function costReport(bill: CountedBill, reported: Reported): Promise<CostReport> {
    const { plan, region, stackTag, bornAt, parked, period, now } = reported;
    const predicted = estimate(plan);
    const scope = { services: [...new Set(predicted.monthly.map(({ service }) => service))], region, stackTag };
    const lines = (await bill.lines(period, scope)).filter(({ usd, quantity }) => usd > 0 || quantity > 0);
    // The bill's clock counts: it may be ahead of this machine's.
    const today = Math.max(midnightOf(now), ...lines.map(({ day }) => day));
    const isThisMonth = period.month === dateOf(today).slice(0, 7);
    const time = comparedTime(period, { now, today, bornAt });
    const standing = estimate({ ...plan, hasCampaign: plan.hasCampaign && parked === undefined });
    return {
        ...{ scope, lines, estimate: predicted },
        totalUsd: lines.reduce((sum, { usd }) => sum + usd, 0),
        compared: time && { ...time, rows: compare(predicted, lines, time, bornAt) },
        savedByNote: savedByNote(parked, plan, { ...period, now }),
        savedByBill: time && savedByBill(lines, time, plan),
        outlook: isThisMonth
            ? outlookOf(
                  lines,
                  await bill.forecast({ start: today, end: monthAfter(today) }, scope),
                  { today, end: monthAfter(today), bornAt },
                  standing,
              )
            : undefined,
    };
}
