import { approximately, hoursPerMonth, priceNote } from "../../../core/config/prices.ts";
import { type Estimate, estimate } from "../../../core/cost/estimate.ts";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { day, hour } from "../../../core/cost/time.ts";
import { shortTime, table } from "../cli/output.ts";
import type { MonthSpent } from "../stack/stack-report.ts";
import { type BilledLine, type BillScope, dayStart, formatDate, type ReportPeriod } from "./billed.ts";

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
    /** Whether the bill contains only costs with the stack's tag. The bill of a whole account is not compared. */
    readonly byTag: boolean;
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

const total = (lines: readonly BilledLine[]) => lines.reduce((sum, { usd }) => sum + usd, 0);

/**
 * Sums a bill, and compares a stack's bill with the estimate for the same days. A stack without resources has no
 * estimate.
 */
export function costReport(lines: readonly BilledLine[], reported: Reported): CostReport {
    const { plan, bornAt, period, now, byTag } = reported;
    const totalUsd = total(lines);
    if (bornAt === undefined) return { lines, totalUsd, estimate: undefined, compared: undefined };
    const predicted = estimate(plan);
    // The newest billed day may be ahead of this machine's clock.
    const today = Math.max(dayStart(now), ...lines.map((line) => line.day));
    const days = byTag ? comparedDays(period, { today, bornAt }) : undefined;
    const compared = days && { ...days, rows: compare(predicted, lines, days) };
    return { lines, totalUsd, estimate: predicted, compared };
}

/** The days of the comparison: midnights in UTC, epoch milliseconds, `[from, to)`. */
interface Compared {
    readonly from: number;
    readonly to: number;
}

interface ComparedRow {
    readonly service: string;
    /** Predicted cost in US dollars, the highest value of the estimate (`predicted`), and billed cost. */
    readonly predicted: number;
    readonly billed: number;
}

/**
 * Returns the days of a period in which the stack existed all day, without today, because the bill has only whole days.
 * Undefined without such a day. `today` is a midnight, and `bornAt` the creation time of the stack's first resource.
 */
export function comparedDays(
    { start, end }: ReportPeriod,
    { today, bornAt }: { readonly today: number; readonly bornAt: number },
): Compared | undefined {
    const from = Math.max(start, dayStart(bornAt + day - 1));
    const to = Math.min(end, today);
    return to > from ? { from, to } : undefined;
}

/** Compares prediction and bill by service, largest first. */
function compare({ monthly }: Estimate, lines: readonly BilledLine[], { from, to }: Compared): ComparedRow[] {
    const months = (to - from) / hour / hoursPerMonth;
    const predictions = monthly.map(({ service, expected }) => ({ service, usd: expected.high * months }));
    const bills = lines.filter((line) => line.day >= from && line.day < to);
    const sum = (costs: readonly Pick<BilledLine, "service" | "usd">[], service: string) =>
        costs.reduce((usd, one) => usd + (one.service === service ? one.usd : 0), 0);
    return [...new Set([...predictions, ...bills].map(({ service }) => service))]
        .map((service) => ({ service, predicted: sum(predictions, service), billed: sum(bills, service) }))
        .filter(({ predicted, billed }) => predicted > 0 || billed > 0)
        .sort((a, b) => Math.max(b.predicted, b.billed) - Math.max(a.predicted, a.billed));
}

const barWidth = 40;
const usd = (value: number) => (value > 0 && value < 0.005 ? "< $0.01" : `$${value.toFixed(2)}`);

/**
 * Formats the report for a terminal. `expectedMonthUsd` is the estimate of the last `up`, and `spent` the sum of the
 * cost guard.
 */
export function reportText(
    report: CostReport,
    { region, stackTag }: BillScope,
    period: ReportPeriod,
    expectedMonthUsd: number | undefined,
    spent: MonthSpent | null,
): string {
    const { lines, totalUsd } = report;
    const whose = stackTag === undefined ? "the whole account" : `costs with the tag pulumi:stack=${stackTag}`;
    const last = Math.max(period.start, ...lines.map((line) => line.day));
    const head = `Billed from ${formatDate(period.start)} to ${formatDate(last)} in ${region}, of ${whose}: ${usd(totalUsd)}`;
    const untagged =
        stackTag === undefined
            ? ""
            : " The tag must be activated as a cost allocation tag (Billing, Cost allocation tags), and applies only from then on.";
    const guard = spent
        ? [
              `The cost guard counted ≈ ${usd(spent.usd)} of the campaign in ${spent.month}, until ${shortTime(spent.until).replace(" 00:00", "")}.`,
          ]
        : [];
    return [
        ...(lines.length === 0
            ? [`${head}. Data is 8 to 24 hours late.${untagged}`]
            : [head, "", ...chart(lines), "", servicesTable(lines)]),
        ...endingLines(report, stackTag, expectedMonthUsd),
        ...guard,
    ].join("\n");
}

function chart(lines: readonly BilledLine[]): string[] {
    const days = lines.map((line) => line.day);
    const [first, last] = [Math.min(...days), Math.max(...days)];
    const sums = Array.from({ length: (last - first) / day + 1 }, (_, index) => {
        const at = first + index * day;
        return { at, sum: total(lines.filter((line) => line.day === at)) };
    });
    const most = Math.max(...sums.map(({ sum }) => sum));
    return sums.map(({ at, sum }) => {
        const bar = "█".repeat(sum > 0 ? Math.ceil((sum / most) * barWidth) : 0);
        return `${formatDate(at)} ${usd(sum).padStart(8)} ${bar}`.trimEnd();
    });
}

function servicesTable(lines: readonly BilledLine[]): string {
    const rows = [...Map.groupBy(lines, ({ service }) => service)].map(
        ([service, its]) => [service, total(its)] as const,
    );
    return table(
        ["service", "billed"],
        rows.toSorted((a, b) => b[1] - a[1]).map(([service, cost]) => [service, usd(cost)]),
    );
}

function endingLines(
    { estimate, compared }: CostReport,
    stackTag: string | undefined,
    expectedMonthUsd: number | undefined,
): string[] {
    const ending: string[] = [];
    if (estimate && stackTag === undefined) {
        ending.push(
            "The bill contains other stacks, so it is not compared with this stack's estimate. To compare: npm run cost-report -- --by-tag",
        );
    } else if (estimate && !compared) {
        ending.push("The comparison begins after the stack's first whole day in UTC.");
    }
    if (compared) {
        const { from, to, rows } = compared;
        const all = { service: "total", predicted: 0, billed: 0 };
        for (const { predicted, billed } of rows) {
            all.predicted += predicted;
            all.billed += billed;
        }
        ending.push(
            "",
            `Predicted ${priceNote} and billed, each day from ${formatDate(from)} to ${formatDate(to - day)}:`,
            table(
                ["service", "predicted", "billed"],
                [...rows, all].map(({ service, predicted, billed }) => [
                    service,
                    approximately(predicted),
                    usd(billed),
                ]),
            ),
            "The prediction assumes a campaign that always runs, no training, and the upper end of each range.",
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
