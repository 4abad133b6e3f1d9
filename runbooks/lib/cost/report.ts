import { approximately, billedService, hoursPerMonth, priceNote } from "../../../core/config/prices.ts";
import { type Estimate, estimate } from "../../../core/cost/estimate.ts";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { day, hour } from "../../../core/cost/time.ts";
import { table } from "../cli/output.ts";
import {
    type BilledLine,
    type BillScope,
    dayStart,
    formatDate,
    type ReportPeriod,
    type UsageKind,
    usageKind,
} from "./billed.ts";

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

/** The period of the comparison in epoch milliseconds, `[from, to)`. */
interface Compared {
    readonly from: number;
    readonly to: number;
}

interface ComparedRow {
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
        for (const { what, usd } of estimate.once) ensureRow(billedService, what).predicted += usd.high;
    }
    for (const { service, usageType, usd } of within(lines, time)) ensureRow(service, usageType).billed += usd;
    return [...rows.values()]
        .filter(({ predicted, billed }) => predicted > 0 || billed > 0)
        .sort((a, b) => Math.max(b.predicted, b.billed) - Math.max(a.predicted, a.billed));
}

/** Returns the lines of a bill whose days overlap the period. */
const within = (lines: readonly BilledLine[], { from, to }: Compared): BilledLine[] =>
    lines.filter((line) => line.day >= dayStart(from) && line.day < to);

const barWidth = 40;
const usd = (value: number) => (value > 0 && value < 0.005 ? "< $0.01" : `$${value.toFixed(2)}`);

/** Formats the report for a terminal. `expectedMonthUsd` is the estimate of the last `up`. */
export function reportText(
    report: CostReport,
    { region, stackTag }: BillScope,
    period: ReportPeriod,
    expectedMonthUsd: number | undefined,
): string {
    const { lines, totalUsd } = report;
    const whose = stackTag === undefined ? "the whole account" : `costs with the tag pulumi:stack=${stackTag}`;
    const head = `Billed from ${formatDate(period.start)} to ${formatDate(lastDay(lines, period))} in ${region}, of ${whose}: ${usd(totalUsd)}`;
    if (lines.length === 0) {
        const untagged =
            stackTag === undefined
                ? ""
                : " The tag must be activated as a cost allocation tag (Billing, Cost allocation tags), and applies only from then on.";
        return [`${head}. Data is 8 to 24 hours late.${untagged}`, ...endingLines(report, expectedMonthUsd)].join("\n");
    }
    return [head, "", ...chart(lines), "", usageTable(lines), ...endingLines(report, expectedMonthUsd)].join("\n");
}

function lastDay(lines: readonly BilledLine[], { start }: ReportPeriod): number {
    return Math.max(start, ...lines.map((line) => line.day));
}

function chart(lines: readonly BilledLine[]): string[] {
    const days = lines.map((line) => line.day);
    const [first, last] = [Math.min(...days), Math.max(...days)];
    const sums = Array.from({ length: (last - first) / day + 1 }, (_, index) => {
        const at = first + index * day;
        return { at, sum: lines.filter((line) => line.day === at).reduce((total, line) => total + line.usd, 0) };
    });
    const most = Math.max(...sums.map(({ sum }) => sum));
    return sums.map(({ at, sum }) => `${formatDate(at)} ${usd(sum).padStart(8)} ${bar(sum, most, barWidth)}`.trimEnd());
}

const amountOf = (quantity: number) =>
    quantity > 0 && quantity < 0.005 ? "< 0.01" : quantity.toLocaleString("en-US", { maximumFractionDigits: 2 });

function usageTable(lines: readonly BilledLine[]): string {
    const groups = Map.groupBy(lines, ({ service, usageType, unit }) => JSON.stringify([service, usageType, unit]));
    const rows = [...groups.values()]
        .map((its) => {
            const { service = "", usageType = "", unit = "" } = its[0] ?? {};
            const quantity = its.reduce((sum, line) => sum + line.quantity, 0);
            return { service, usageType, unit, quantity, cost: its.reduce((sum, line) => sum + line.usd, 0) };
        })
        .sort((a, b) => b.cost - a.cost);
    return table(
        ["service", "usage type", "quantity", "billed"],
        rows.map(({ service, usageType, unit, quantity, cost }) => [
            service,
            usageType,
            `${amountOf(quantity)} ${unit}`,
            usd(cost),
        ]),
    );
}

function endingLines({ estimate, compared }: CostReport, expectedMonthUsd: number | undefined): string[] {
    const ending: string[] = [];
    if (compared) {
        const { from, to, rows } = compared;
        const times = `${readable(from)} to ${readable(to)}`;
        const sums = rows.reduce(
            (sum, { predicted, billed }) => ({ predicted: sum.predicted + predicted, billed: sum.billed + billed }),
            { predicted: 0, billed: 0 },
        );
        ending.push(
            "",
            `Predicted ${priceNote} and billed, ${times}:`,
            table(
                ["item", "predicted", "billed"],
                [
                    ...rows.map(({ service, kind, predicted, billed }) => [
                        kind === undefined ? service : `${service}: ${kind}`,
                        approximately(predicted),
                        usd(billed),
                    ]),
                    ["total", approximately(sums.predicted), usd(sums.billed)],
                ],
            ),
            "The prediction assumes a campaign that always runs, and the upper end of each range.",
        );
    }
    const last =
        expectedMonthUsd === undefined ? "" : `; the last \`pulumi up\` estimated ${approximately(expectedMonthUsd)}`;
    ending.push(
        estimate === undefined
            ? "The stack has no resources, so it costs nothing from now on. The bill is 8 to 24 hours late. To find what still costs: npm run audit-leftovers"
            : `A month costs ${approximately(estimate.expectedUsd)} ${priceNote}${last}.`,
    );
    return ending;
}

const readable = (time: number) => new Date(time).toISOString().slice(0, 16).replace("T", " ").replace(" 00:00", "");

const eighths = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"] as const;

/**
 * Draws a bar for `value` in eighths of a character. `most` is drawn with `width` characters. A value above 0 is always
 * visible.
 */
export function bar(value: number, most: number, width: number): string {
    if (!(value > 0) || !(most > 0)) return "";
    const parts = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
    return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}
