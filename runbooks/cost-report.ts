import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { SSMClient } from "@aws-sdk/client-ssm";
import { approximately, priceNote, prices } from "../core/config/prices.ts";
import { estimate } from "../core/cost/estimate.ts";
import { plannedByConfig } from "../core/cost/planned-stack.ts";
import { iso } from "../core/cost/time.ts";
import { printResult, runAction, whole } from "./lib/cli/runbook.ts";
import {
    type BillScope,
    costExplorerRegion,
    formatDate,
    type ReportPeriod,
    readBill,
    reportPeriod,
} from "./lib/cost/billed.ts";
import { type CostReport, costReport, reportText } from "./lib/cost/report.ts";
import { stackRunbook } from "./lib/stack/operation.ts";
import { bornAt, exportedStack, selectOutputs, selectPlan } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";
import { readMonthSpent, warnOfSum } from "./lib/stack/stack-report.ts";

const callPrice = `${approximately(prices.costExplorerCall.usd)} ${priceNote}`;
const options = stackRunbook(
    "cost-report",
    ["--days 7", "--month 2026-11"],
    `Cost Explorer must be enabled in the account; each page of the bill costs ${callPrice}`,
)
    .option("--days <n>", "the last n days, including today", whole(1, 365))
    .option("--month <yyyy-mm>", "a month; default: the current one")
    .option(
        "--by-tag",
        "only costs with the stack's tag pulumi:stack, which must be an active cost allocation tag; default: config budgetByTag",
    )
    .parse()
    .opts();

await runAction(options.verbose, async () => {
    const now = Date.now();
    const period = reportPeriod(now, options);
    const stack = options.stack ?? (await selectedStack());
    const exported = await exportedStack(stack);
    const config = await requireStackConfig(stack, options.configFile);
    const { region } = config;
    const nothing = { interactions: 0, bytes: 0, alarmMetrics: 0, dashboards: 0 };
    const plan = selectPlan(exported) ?? { ...plannedByConfig(config), ...nothing };
    const services = [...new Set(estimate(plan).monthly.map(({ service }) => service))];
    const scope = { services, region, stackTag: options.byTag || config.budgetByTag ? config.stack : undefined };
    process.stderr.write(`Reading the bill from Cost Explorer, at ${callPrice} a page.\n`);
    const bill = await readBill(new CostExplorerClient({ region: costExplorerRegion }), period, scope);
    const byTag = scope.stackTag !== undefined;
    const report = costReport(bill.lines, { period, now, bornAt: bornAt(exported), plan, byTag });
    const { estimatedMonthlyCostUsd } = selectOutputs(exported);
    const expectedMonthUsd = estimatedMonthlyCostUsd === undefined ? undefined : Number(estimatedMonthlyCostUsd);
    const spent = (await readMonthSpent(new SSMClient({ region }), config.stack).catch(warnOfSum)) ?? null;
    return printResult(
        options,
        {
            stack,
            ...toDocument(report, scope, period),
            estimatedMonthlyCostUsd: expectedMonthUsd ?? null,
            spent,
            calls: bill.calls,
            callsUsd: bill.calls * prices.costExplorerCall.usd,
        },
        reportText(report, scope, period, expectedMonthUsd, spent),
    );
});

function toDocument(
    { lines, totalUsd, estimate: predicted, compared }: CostReport,
    scope: BillScope,
    period: ReportPeriod,
) {
    return {
        start: formatDate(period.start),
        end: formatDate(period.end),
        scope: { ...scope, stackTag: scope.stackTag ?? null },
        totalUsd,
        lines: lines.map(({ day, ...line }) => ({ day: formatDate(day), ...line })),
        predicted: {
            monthlyUsd: predicted?.expectedUsd ?? 0,
            compared: compared ? { from: iso(compared.from), to: iso(compared.to), rows: compared.rows } : null,
        },
    };
}
