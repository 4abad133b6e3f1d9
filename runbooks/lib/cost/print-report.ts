import { approximately, priceNote } from "../../../config/prices.ts";
import { day } from "../../../cost/time.ts";
import { table } from "../cli/output.ts";
import { type BilledLine, type BillScope, formatDate, type ReportPeriod } from "./billed.ts";
import type { CostReport } from "./report.ts";

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
    if (!(value > 0) || !(most > 0)) {
        return "";
    }
    const parts = Math.max(1, Math.round((Math.min(value, most) / most) * width * 8));
    return "█".repeat(Math.floor(parts / 8)) + eighths[parts % 8];
}
