import { hoursPerMonth } from "../../../config/prices.ts";
import { type Estimate, estimate, type PlannedStack } from "../../../cost/estimate.ts";
import { day, hour } from "../../../cost/time.ts";
import type { ParkedFlag } from "../../../personalize/operations/state-flags.ts";
import {
    type BilledLine,
    type BillScope,
    type CountedBill,
    dateOf,
    midnightOf,
    monthAfter,
    type ReportPeriod,
    usageKind,
} from "./billed.ts";
import { type Compared, type ComparedRow, compare, comparedTime, savedByBill, savedByNote } from "./compare.ts";

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

/** What a month will have cost at its end, US dollars. */
export interface Outlook {
    readonly monthUsd: number;
    /** Of that, from today on. */
    readonly remainingUsd: number;
    /** `straight line`: AWS has too little data for a forecast of its own. */
    readonly by: "AWS" | "straight line";
}

/** Days back on which the straight line rests. */
const looksBack = 7;

/** The month's outlook from AWS's forecast of the time from `today`, a midnight, to `end`, or without it a straight line. */
export function outlookOf(
    lines: readonly BilledLine[],
    forecast: number | undefined,
    time: { readonly today: number; readonly end: number; readonly bornAt: number },
    estimate: Estimate,
): Outlook {
    const remainingUsd = forecast ?? (dailyRate(lines, time, estimate) * (time.end - time.today)) / day;
    const before = lines.filter((line) => line.day < time.today).reduce((sum, { usd }) => sum + usd, 0);
    return { monthUsd: before + remainingUsd, remainingUsd, by: forecast === undefined ? "straight line" : "AWS" };
}

/**
 * What goes on costing, US dollars a day: the mean of the last whole days, without imports and trainings, which end; where
 * there is no whole day yet, what the estimate says.
 */
function dailyRate(
    lines: readonly BilledLine[],
    { today, bornAt }: { readonly today: number; readonly bornAt: number },
    { monthly }: Estimate,
): number {
    const from = Math.max(today - looksBack * day, Math.ceil(bornAt / day) * day, ...firstDay(lines));
    const days = (today - from) / day;
    if (days < 1) {
        return (monthly.reduce((sum, { expected }) => sum + expected.high, 0) / hoursPerMonth) * (day / hour);
    }
    const goesOn = lines.filter(({ usageType, ...line }) => {
        const kind = usageKind(usageType);
        return line.day >= from && line.day < today && kind !== "training" && kind !== "import";
    });
    return goesOn.reduce((sum, { usd }) => sum + usd, 0) / days;
}

/** The first day that the lines are of, if there is one: a report may begin later than the stack. */
const firstDay = (lines: readonly BilledLine[]) =>
    lines.length === 0 ? [] : [Math.min(...lines.map((line) => line.day))];
