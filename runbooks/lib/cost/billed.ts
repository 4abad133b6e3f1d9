import {
    type CostExplorerClient,
    DataUnavailableException,
    type Expression,
    GetCostAndUsageCommand,
} from "@aws-sdk/client-cost-explorer";
import { hasName, messageOf } from "terminal-text";
import { ownMetrics, ownNamespace } from "../../../core/config/metrics.ts";
import { day } from "../../../core/cost/time.ts";
import { exitCodes, RunbookError } from "../cli/runbook.ts";

/** The cost of a service on one day. */
export interface BilledLine {
    /** Midnight in UTC, epoch milliseconds. */
    readonly day: number;
    readonly service: string;
    /** US dollars. */
    readonly usd: number;
}

/** Filter of a bill: services, region, and optionally the stack's tag. */
export interface BillScope {
    readonly services: readonly string[];
    readonly region: string;
    /** The stack's tag by which the bill is filtered; undefined for the bill of the whole account. */
    readonly stackTag: string | undefined;
}

/**
 * The region of the Cost Explorer API, which returns the costs of all regions (Cost Management User Guide, "Using the
 * AWS Cost Explorer API").
 */
export const costExplorerRegion = "us-east-1";

/** A bill, and the number of calls that read it: AWS bills each page. */
export interface Bill {
    readonly lines: readonly BilledLine[];
    readonly calls: number;
}

/**
 * Reads the bill by day and service from Cost Explorer.
 * @throws RunbookError if Cost Explorer is not enabled, has no data, or denies access
 */
export async function readBill(
    client: Pick<CostExplorerClient, "send">,
    period: ReportPeriod,
    scope: BillScope,
): Promise<Bill> {
    const lines: BilledLine[] = [];
    let calls = 0;
    let NextPageToken: string | undefined;
    do {
        calls += 1;
        const command = new GetCostAndUsageCommand({
            TimePeriod: { Start: formatDate(period.start), End: formatDate(period.end) },
            Granularity: "DAILY",
            Metrics: ["UnblendedCost"],
            GroupBy: [{ Type: "DIMENSION", Key: "SERVICE" }],
            Filter: createFilter(scope),
            ...(NextPageToken !== undefined && { NextPageToken }),
        });
        const page = await client.send(command).catch((error) => {
            throw explained(error);
        });
        for (const { TimePeriod, Groups = [] } of page.ResultsByTime ?? []) {
            const day = Date.parse(`${TimePeriod?.Start}T00:00:00Z`);
            for (const { Keys: [service = ""] = [], Metrics: { UnblendedCost } = {} } of Groups) {
                lines.push({ day, service, usd: Number(UnblendedCost?.Amount ?? 0) });
            }
        }
        NextPageToken = page.NextPageToken;
    } while (NextPageToken !== undefined);
    return { lines, calls };
}

function createFilter({ services, region, stackTag }: BillScope): Expression {
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
    const message = messageOf(error);
    if (error instanceof DataUnavailableException) {
        return new RunbookError(
            `Cost Explorer has no data for that time (${message}). The first data appears up to 24 hours after it is enabled. ` +
                `Until then, see the cost guard's estimate: CloudWatch metric ${ownMetrics.monthSpend} in namespace ${ownNamespace}.`,
        );
    }
    if (!hasName(error, "AccessDeniedException")) return error;
    return new RunbookError(
        /not enabled/i.test(message)
            ? `Cost Explorer is not enabled in this account (${message}). Enable it once, in the console only: open ${console}, ` +
                  "choose Cost Explorer, as an administrator with access to billing (Account, IAM user and role " +
                  "access to Billing information). The first data appears within 24 hours."
            : `Cost Explorer refused the call (${message}). The caller needs ce:GetCostAndUsage on *, and in an ` +
                  "organization the management account must give member accounts access to Cost Explorer.",
    );
}

/** The days of a report, in UTC like the bill: midnights in epoch milliseconds, `[start, end)`. */
export interface ReportPeriod {
    readonly start: number;
    readonly end: number;
}

/** Formats epoch milliseconds as a UTC date: `2026-11-25`. */
export const formatDate = (time: number): string => new Date(time).toISOString().slice(0, 10);
/** Returns the start of the day in UTC, epoch milliseconds. */
export const dayStart = (time: number): number => time - (time % day);

/**
 * Returns the period of the last `days` days or of a month, by default the month of `now`. The end may be in the
 * future, but not after the current month.
 */
export function reportPeriod(
    now: number,
    { days, month }: { readonly days?: number | undefined; readonly month?: string | undefined },
): ReportPeriod {
    if (days !== undefined && month !== undefined) {
        throw new RunbookError("Use either --days or --month, not both.", exitCodes.usage);
    }
    if (days !== undefined) {
        const end = dayStart(now) + day;
        return { start: end - days * day, end };
    }
    const which = month ?? formatDate(now).slice(0, 7);
    const start = Date.parse(`${which}-01T00:00:00Z`);
    if (!/^\d{4}-\d{2}$/.test(which) || Number.isNaN(start)) {
        throw new RunbookError(`"${which}" is not a month. Name one as --month 2026-11.`, exitCodes.usage);
    }
    const date = new Date(start);
    return { start, end: Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1) };
}
