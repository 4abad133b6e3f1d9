import type { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { insights } from "../../packages/local-aws/gateway/alarms/insights.ts";
import { metricReads } from "../../packages/local-aws/gateway/alarms/metric-reads.ts";

interface Widget {
    readonly properties: { readonly metrics?: readonly (readonly unknown[])[] };
}

/** Returns the entries of `metrics` (lines) of all widgets of a dashboard. */
export async function dashboardLines(cloudwatch: CloudWatch, name: string): Promise<(readonly unknown[])[]> {
    const { DashboardBody = "" } = await cloudwatch.getDashboard({ DashboardName: name });
    const { widgets } = JSON.parse(DashboardBody) as { widgets: readonly Widget[] };
    return widgets.flatMap(({ properties }) => properties.metrics ?? []);
}

/**
 * Checks whether CloudWatch has datapoints of the last hour for a line of a dashboard. Returns true for metric math,
 * whose metrics are lines of their own.
 */
export async function hasData(cloudwatch: CloudWatch, line: readonly unknown[]): Promise<boolean> {
    const [from, to] = [Date.now() - 3_600_000, Date.now() + 60_000];
    const { expression } = (line.at(-1) ?? {}) as { expression?: string };
    if (expression?.startsWith("SELECT")) {
        return (await insights(cloudwatch, metricReads(cloudwatch), expression, { period: 60, from, to })).size > 0;
    }
    if (expression !== undefined) {
        return true;
    }
    const [Namespace, MetricName, ...rest] = line.slice(0, -1).map(String);
    const Dimensions = rest.flatMap((Name, at) => (at % 2 === 0 ? [{ Name, Value: rest[at + 1] }] : []));
    const { MetricDataResults = [] } = await cloudwatch.getMetricData({
        StartTime: new Date(from),
        EndTime: new Date(to),
        MetricDataQueries: [
            {
                Id: "one",
                MetricStat: { Metric: { Namespace, MetricName, Dimensions }, Period: 60, Stat: "Sum" },
            },
        ],
    });
    return (MetricDataResults[0]?.Values ?? []).length > 0;
}
