import { hoursPerMonth } from "../../../config/prices.ts";
import { type Estimate, estimate } from "../../../cost/estimate.ts";
import type { PlannedStack } from "../../../cost/planned-stack.ts";
import { day, hour } from "../../../cost/time.ts";
import type { ParkedFlag } from "../../../personalize/operations/state-flags.ts";
import {
    type BilledLine,
    type BillScope,
    type CountedBill,
    dayStart,
    formatDate,
    monthAfter,
    type ReportPeriod,
    usageKind,
} from "./billed.ts";
import { type Compared, type ComparedRow, compare, comparedTime, savedByBill, savedByNote } from "./compare.ts";

/** The input of a report. */
export interface Reported {
    readonly plan: PlannedStack;
    readonly region: string;
    /** The stack's tag by which the report is filtered; undefined for a report on the whole account. */
    readonly stackTag: string | undefined;
    /**
     * Creation time of the stack's first resource, epoch milliseconds. Undefined for a stack without resources, for
     * example after a destroy.
     */
    readonly bornAt: number | undefined;
    readonly parked: ParkedFlag | undefined;
    readonly period: ReportPeriod;
    readonly now: number;
}

export interface CostReport {
    readonly scope: BillScope;
    readonly lines: readonly BilledLine[];
    readonly totalUsd: number;
    /**
     * The estimate for a month with a campaign that always runs, US dollars; undefined for a stack without resources.
     */
    readonly estimate: Estimate | undefined;
    readonly compared: (Compared & { readonly rows: readonly ComparedRow[] }) | undefined;
    readonly savedByNote: ReturnType<typeof savedByNote>;
    readonly savedByBill: ReturnType<typeof savedByBill>;
    readonly outlook: Outlook | undefined;
}

/**
 * Returns the minimum number of Cost Explorer calls: one for the bill, and one for a forecast if the period is the
 * current month and the stack has resources.
 */
export const minCalls = ({ month }: ReportPeriod, now: number, hasResources = true): number =>
    hasResources && month !== undefined && month >= formatDate(now).slice(0, 7) ? 2 : 1;

/**
 * Reads bill and forecast, and compares them with the prediction. For a stack without resources, there is neither
 * forecast nor prediction.
 */
export async function costReport(bill: CountedBill, reported: Reported): Promise<CostReport> {
    const { plan, region, stackTag, bornAt, parked, period, now } = reported;
    const predicted = estimate(plan);
    const scope = { services: [...new Set(predicted.monthly.map(({ service }) => service))], region, stackTag };
    const lines = (await bill.lines(period, scope)).filter(({ usd, quantity }) => usd > 0 || quantity > 0);
    const billed = { scope, lines, totalUsd: lines.reduce((sum, { usd }) => sum + usd, 0) };
    if (bornAt === undefined) {
        const none = { estimate: undefined, compared: undefined, outlook: undefined };
        return { ...billed, ...none, savedByNote: undefined, savedByBill: undefined };
    }
    // The newest billed day may be ahead of this machine's clock.
    const today = Math.max(dayStart(now), ...lines.map(({ day }) => day));
    const isThisMonth = period.month === formatDate(today).slice(0, 7);
    const time = comparedTime(period, { now, today, bornAt });
    const standing = estimate({ ...plan, hasCampaign: plan.hasCampaign && parked === undefined });
    return {
        ...billed,
        estimate: predicted,
        compared: time && { ...time, rows: compare(predicted, lines, time, bornAt) },
        savedByNote: savedByNote(parked, plan, { ...period, now }),
        savedByBill: time && savedByBill(lines, time, plan),
        outlook: isThisMonth
            ? forecastMonth(
                  lines,
                  await bill.forecast({ start: today, end: monthAfter(today) }, scope),
                  { today, end: monthAfter(today), bornAt },
                  standing,
              )
            : undefined,
    };
}

/** Forecast of a month's total cost, US dollars. */
export interface Outlook {
    readonly monthUsd: number;
    /** Forecast of the cost from today until the end of the month, in US dollars. */
    readonly remainingUsd: number;
    /** Source of the forecast: AWS, or a straight line if AWS has too little data. */
    readonly by: "AWS" | "straight line";
}

/** The number of past days in the extrapolation. */
const daysBack = 7;

/** Returns the month's forecast: AWS's forecast from `today` (a midnight) to `end`, or an extrapolation. */
export function forecastMonth(
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
 * Returns the recurring cost in US dollars a day: the mean of the last whole days without imports and trainings.
 * Without a whole day, uses the estimate.
 */
function dailyRate(
    lines: readonly BilledLine[],
    { today, bornAt }: { readonly today: number; readonly bornAt: number },
    { monthly }: Estimate,
): number {
    const from = Math.max(today - daysBack * day, Math.ceil(bornAt / day) * day, ...firstDay(lines));
    const days = (today - from) / day;
    if (days < 1) {
        return (monthly.reduce((sum, { expected }) => sum + expected.high, 0) / hoursPerMonth) * (day / hour);
    }
    const continuing = lines.filter(({ usageType, ...line }) => {
        const kind = usageKind(usageType);
        return line.day >= from && line.day < today && kind !== "training" && kind !== "import";
    });
    return continuing.reduce((sum, { usd }) => sum + usd, 0) / days;
}

/**
 * Returns a list that contains only the first billed day, or nothing if there are no billed days. A report may begin
 * before the stack exists.
 */
const firstDay = (lines: readonly BilledLine[]) =>
    lines.length === 0 ? [] : [Math.min(...lines.map((line) => line.day))];
