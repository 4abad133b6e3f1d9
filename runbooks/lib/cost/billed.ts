import {
    type CostExplorerClient,
    DataUnavailableException,
    type Expression,
    GetCostAndUsageCommand,
    GetCostForecastCommand,
} from "@aws-sdk/client-cost-explorer";
import { ownMetrics, ownNamespace } from "../../../config/metrics.ts";
import { hasName } from "../../../personalize/errors.ts";
import { RunbookError } from "../cli/runbook.ts";
import { dateOf, type ReportPeriod } from "./report-period.ts";

/** What one usage type of a service cost on one day. */
export interface BilledLine {
    /** Midnight by UTC, epoch milliseconds. */
    readonly day: number;
    readonly service: string;
    readonly usageType: string;
    /** US dollars. */
    readonly usd: number;
    readonly quantity: number;
    readonly unit: string;
}

/** What a report looks at: services and a region of the account, and of that what has the stack's tag. */
export interface BillScope {
    readonly services: readonly string[];
    readonly region: string;
    /** Undefined: the whole account's. */
    readonly stackTag: string | undefined;
}

/** Cost Explorer answers there for every region (Cost Management User Guide, "Using the AWS Cost Explorer API"). */
export const costExplorerRegion = "us-east-1";

/** A Cost Explorer that counts what it is asked, since each call costs. */
export interface CountedBill {
    /**
     * What was billed, day by day, down to the usage type.
     *
     * @throws RunbookError where Cost Explorer is not enabled, has no data, or may not be asked.
     */
    lines(period: Pick<ReportPeriod, "start" | "end">, scope: BillScope): Promise<BilledLine[]>;
    /** AWS's forecast of the time, in US dollars; undefined where AWS knows too little for one. */
    forecast(period: Pick<ReportPeriod, "start" | "end">, scope: BillScope): Promise<number | undefined>;
    /** Calls so far. */
    calls(): number;
}

export function countedBill(client: Pick<CostExplorerClient, "send">): CountedBill {
    let calls = 0;
    return {
        calls: () => calls,
        async lines(period, scope) {
            const found: BilledLine[] = [];
            let NextPageToken: string | undefined;
            do {
                calls += 1;
                const page = await client
                    .send(
                        new GetCostAndUsageCommand({
                            TimePeriod: { Start: dateOf(period.start), End: dateOf(period.end) },
                            Granularity: "DAILY",
                            Metrics: ["UnblendedCost", "UsageQuantity"],
                            GroupBy: [
                                { Type: "DIMENSION", Key: "SERVICE" },
                                { Type: "DIMENSION", Key: "USAGE_TYPE" },
                            ],
                            Filter: filterOf(scope),
                            ...(NextPageToken !== undefined && { NextPageToken }),
                        }),
                    )
                    .catch((error) => {
                        throw explained(error);
                    });
                for (const { TimePeriod, Groups = [] } of page.ResultsByTime ?? []) {
                    for (const { Keys: [service = "", usageType = ""] = [], Metrics = {} } of Groups) {
                        const { UnblendedCost, UsageQuantity } = Metrics;
                        found.push({
                            day: Date.parse(`${TimePeriod?.Start}T00:00:00Z`),
                            ...{ service, usageType, usd: Number(UnblendedCost?.Amount ?? 0) },
                            ...{ quantity: Number(UsageQuantity?.Amount ?? 0), unit: UsageQuantity?.Unit ?? "" },
                        });
                    }
                }
                NextPageToken = page.NextPageToken;
            } while (NextPageToken !== undefined);
            return found;
        },
        async forecast(period, scope) {
            calls += 1;
            try {
                const { Total } = await client.send(
                    new GetCostForecastCommand({
                        TimePeriod: { Start: dateOf(period.start), End: dateOf(period.end) },
                        ...{ Granularity: "DAILY", Metric: "UNBLENDED_COST", Filter: filterOf(scope) },
                    }),
                );
                return Total?.Amount === undefined ? undefined : Number(Total.Amount);
            } catch (error) {
                if (error instanceof DataUnavailableException) {
                    return undefined;
                }
                throw explained(error);
            }
        },
    };
}

function filterOf({ services, region, stackTag }: BillScope): Expression {
    return {
        And: [
            { Dimensions: { Key: "SERVICE", Values: [...services] } },
            { Dimensions: { Key: "REGION", Values: [region] } },
            ...(stackTag === undefined ? [] : [{ Tags: { Key: "pulumi:stack", Values: [stackTag] } }]),
        ],
    };
}

const console = "https://console.aws.amazon.com/costmanagement/home";

function explained(error: unknown): unknown {
    const { message } = error as Error;
    if (error instanceof DataUnavailableException) {
        return new RunbookError(
            `Cost Explorer has no data of that time (${message}). After it was enabled the first data takes up to 24 hours. ` +
                `Until then the cost guard estimates: CloudWatch metric ${ownMetrics.monthSpend} in namespace ${ownNamespace}.`,
        );
    }
    if (!hasName(error, "AccessDeniedException")) {
        return error;
    }
    return new RunbookError(
        /not enabled/i.test(message)
            ? `Cost Explorer is not enabled in this account (${message}). Enable it once, which no command can: open ${console}, ` +
                  "choose Cost Explorer, as an administrator whom the root user gave access to billing (Account, IAM user and role " +
                  "access to Billing information). The first data takes up to 24 hours."
            : `Cost Explorer refuses (${message}). Its caller needs ce:GetCostAndUsage and ce:GetCostForecast on *, and in an ` +
                  "organization the management account must have given member accounts access to Cost Explorer.",
    );
}
