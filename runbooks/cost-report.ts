import { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { CostExplorerClient } from "@aws-sdk/client-cost-explorer";
import { PersonalizeClient } from "@aws-sdk/client-personalize";
import { SSMClient } from "@aws-sdk/client-ssm";
import { approximately, priceNote, prices } from "../config/prices.ts";
import type { Advice } from "../cost/advice.ts";
import type { SavedCalls } from "../cost/spend.ts";
import { readStateFlags } from "../personalize/operations/state-flags.ts";
import { whole } from "./lib/cli/numbers.ts";
import { printResult } from "./lib/cli/output.ts";
import { exitCodes, runAction } from "./lib/cli/runbook.ts";
import { costExplorerRegion, countedBill, formatDate, type ReportPeriod, reportPeriod } from "./lib/cost/billed.ts";
import { estimateInput, readPlannedData } from "./lib/cost/plan.ts";
import { reportText } from "./lib/cost/print-report.ts";
import { type CostReport, costReport, minCalls } from "./lib/cost/report.ts";
import { adviseTps, cacheSavings } from "./lib/cost/traffic.ts";
import { type OperationOptions, stackRunbook } from "./lib/stack/operation.ts";
import { bornAt, exportedStack, selectOutputs } from "./lib/stack/stack.ts";
import { requireStackConfig, selectedStack } from "./lib/stack/stack-config.ts";

interface Options extends OperationOptions {
    readonly days?: number;
    readonly month?: string;
    readonly byTag?: boolean;
}

const options = stackRunbook(
    "cost-report",
    ["--dry-run", "--month 2026-11"],
    `Cost Explorer must be enabled in the account; each call costs ${approximately(prices.costExplorerCall.usd)} ${priceNote}`,
)
    .option("--days <n>", "the last n days, including today", whole(1, 365))
    .option("--month <yyyy-mm>", "a month; default: the current one")
    .option("--by-tag", "only costs with the stack's tag pulumi:stack, which must be an active cost allocation tag")
    .option("--dry-run", "only print the number and the cost of the calls")
    .parse()
    .opts<Options>();

await runAction(options.verbose, async () => {
    const now = Date.now();
    const period = reportPeriod(now, options);
    const least = minCalls(period, now);
    if (options.dryRun) {
        const text = `It would call Cost Explorer ${times(least)}, for ${approximately(least * prices.costExplorerCall.usd)} ${priceNote}; plus one call for each further page of the bill.`;
        printResult(options, { dryRun: true, ...spent(least) }, text);
        return exitCodes.fine;
    }
    const stack = options.stack ?? (await selectedStack("Name one with --stack."));
    const exported = await exportedStack(stack);
    const config = await requireStackConfig(stack, options.configFile);
    const { parked } = await readStateFlags(new SSMClient({ region: config.region }), config.stack);
    const born = bornAt(exported);
    const announced = minCalls(period, now, born !== undefined);
    process.stderr.write(
        `Calling Cost Explorer ${times(announced)}, at ${approximately(prices.costExplorerCall.usd)} a call ${priceNote}.\n`,
    );
    const bill = countedBill(new CostExplorerClient({ region: costExplorerRegion }));
    const report = await costReport(bill, {
        period,
        now,
        parked,
        region: config.region,
        bornAt: born,
        plan: estimateInput(config, exported, await readPlannedData(config)),
        stackTag: options.byTag ? config.stack : undefined,
    });
    if (bill.calls() !== announced) {
        process.stderr.write(`Cost Explorer was called ${times(bill.calls())}.\n`);
    }
    const { estimatedMonthlyCostUsd, apiUrl, campaignArn } = selectOutputs(exported);
    const { region } = config;
    const clients = { personalize: new PersonalizeClient({ region }), cloudwatch: new CloudWatchClient({ region }) };
    const advice = await orWarn(
        "no advice on the minimum TPS",
        adviseTps(clients, String(campaignArn ?? ""), config.recipe, now),
    );
    // Without an API, the stack output apiUrl is empty.
    const savedByCaches = apiUrl
        ? await orWarn(
              "it is unknown how much the caches save",
              cacheSavings(clients.cloudwatch, config, { ...period, now }),
          )
        : undefined;
    const expectedMonthUsd = estimatedMonthlyCostUsd === undefined ? undefined : Number(estimatedMonthlyCostUsd);
    const text = reportText(report, { period, expectedMonthUsd, savedByCaches });
    printResult(
        options,
        toDocument(report, period, { stack, expectedMonthUsd, advice, calls: bill.calls(), savedByCaches }),
        advice === undefined ? text : `${text}\n\n${advice.text}`,
    );
    return exitCodes.fine;
});

/** Returns the result of `work`. If it fails, prints what is missing, with the reason, and returns undefined. */
function orWarn<T>(missing: string, work: Promise<T>): Promise<T | undefined> {
    return work.catch((error: Error) => {
        process.stderr.write(`warning: ${missing}: ${error.name}: ${error.message}\n`);
        return undefined;
    });
}

function toDocument(
    { scope, lines, totalUsd, estimate, compared, savedByNote, savedByBill, outlook }: CostReport,
    period: ReportPeriod,
    {
        stack,
        expectedMonthUsd,
        advice,
        calls,
        savedByCaches,
    }: {
        readonly stack: string;
        readonly expectedMonthUsd: number | undefined;
        readonly advice: Advice | undefined;
        readonly calls: number;
        readonly savedByCaches: SavedCalls | undefined;
    },
) {
    const span = ({ from, to }: { readonly from: number; readonly to: number }) => ({
        from: new Date(from).toISOString(),
        to: new Date(to).toISOString(),
    });
    return {
        stack,
        start: formatDate(period.start),
        end: formatDate(period.end),
        scope: { ...scope, stackTag: scope.stackTag ?? null },
        totalUsd,
        lines: lines.map(({ day, ...line }) => ({ day: formatDate(day), ...line })),
        predicted: {
            estimatedMonthlyCostUsd: expectedMonthUsd ?? null,
            monthlyUsd: estimate?.expectedUsd ?? 0,
            compared: compared ? { ...span(compared), rows: compared.rows } : null,
        },
        saved: {
            parkedByNote: savedByNote ?? null,
            notBilled: savedByBill ? { ...savedByBill, ...span(savedByBill) } : null,
            ...(savedByCaches && { byCaches: savedByCaches }),
        },
        forecast: outlook ?? null,
        advice: advice ? { minProvisionedTPS: advice.minProvisionedTPS, text: advice.text } : null,
        ...spent(calls),
    };
}

function spent(calls: number) {
    return { calls, callsUsd: calls * prices.costExplorerCall.usd };
}

function times(calls: number): string {
    return calls === 1 ? "once" : calls === 2 ? "twice" : `${calls} times`;
}
