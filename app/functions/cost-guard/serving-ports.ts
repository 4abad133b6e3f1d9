import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { gatewayNamespace } from "../../../core/config/metrics.ts";
import { window, windowStart } from "../../../core/cost/time.ts";
import { plus, type Usage } from "../../../core/cost/usage.ts";
import { type CloseClients, closeApi, distributionId, isApiClosed } from "../../../core/operations/close-api.ts";
import { jobsSpend } from "../batch-lists/state-item.ts";
import { type CountedMetric, metricsOfEdge, regionalMetrics, type ServingTargets } from "./counted-metrics.ts";
import type { GuardPorts } from "./guard-ports.ts";

/**
 * Creates the functions with which the cost guard calls the AWS services of the API and the page. `edgeMetrics` is
 * CloudWatch in us-east-1.
 */
export function servingPorts(
    clients: CloseClients & {
        readonly cloudwatch: CloudWatchClient;
        readonly edgeCloudwatch: CloudWatchClient;
        readonly dynamo: DynamoDBClient;
    },
    place: ServingTargets,
): NonNullable<GuardPorts["serving"]> {
    return {
        async usage(since) {
            const windows = new Map<number, Partial<Usage>>();
            const missing: string[] = [];
            const add = (client: CloudWatchClient, metrics: readonly CountedMetric[]) =>
                addUsage(client, metrics, since, windows, missing);
            await add(clients.cloudwatch, regionalMetrics(place));
            try {
                const id = place.distribution && (await distributionId(clients.edge, place.distribution));
                if (id) await add(clients.edgeCloudwatch, metricsOfEdge(id));
            } catch (error) {
                missing.push(`the metrics of CloudFront: ${error instanceof Error ? error.message : error}`);
            }
            return { windows, missing };
        },
        jobs: async () => (place.jobsTable === undefined ? undefined : jobsSpend(clients.dynamo, place.jobsTable)),
        isClosed: () => isApiClosed(clients, place),
        async close(reason) {
            await closeApi(clients, place, reason);
        },
    };
}

/**
 * Reads the metrics from CloudWatch, and adds the usage in each window to `usageByWindow`. Adds names of metrics
 * without complete data to `missing`. For these metrics, the real usage can be higher than the added usage.
 */
async function addUsage(
    client: CloudWatchClient,
    metrics: readonly CountedMetric[],
    since: number,
    usageByWindow: Map<number, Partial<Usage>>,
    missing: string[],
): Promise<void> {
    const reads = metrics.flatMap((metric) =>
        (metric.isLogged ? (["Sum", "Minimum"] as const) : (["Sum"] as const)).map((Stat) => ({ metric, Stat })),
    );
    const MetricDataQueries: MetricDataQuery[] = reads.map(({ metric, Stat }, index) => ({
        Id: `m${index}`,
        MetricStat: {
            Metric: {
                Namespace: metric.namespace,
                MetricName: metric.name,
                Dimensions: Object.entries(metric.dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: window / 1000,
            Stat,
        },
    }));
    const now = Date.now();
    const input = {
        StartTime: new Date(windowStart(since)),
        EndTime: new Date(windowStart(now) + window),
        MetricDataQueries,
    };
    const incomplete = new Set(reads.keys());
    const values = new Map<number, Map<CountedMetric, { sum: number; minimum: number }>>();
    try {
        for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
            for (const { Id = "", Timestamps = [], Values = [], StatusCode } of MetricDataResults) {
                const index = Number(Id.slice(1));
                const read = reads[index];
                if (read === undefined) continue;
                if (StatusCode === "Complete") incomplete.delete(index);
                for (const [at, timestamp] of Timestamps.entries()) {
                    const start = windowStart(timestamp.getTime());
                    const ofWindow = values.get(start) ?? new Map();
                    const value = ofWindow.get(read.metric) ?? { sum: 0, minimum: 0 };
                    ofWindow.set(read.metric, { ...value, [statistics[read.Stat]]: Values[at] ?? 0 });
                    values.set(start, ofWindow);
                }
            }
        }
    } catch (error) {
        missing.push(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        return;
    } finally {
        for (const [start, ofWindow] of values) {
            const requests = [...ofWindow].find(([{ namespace }]) => namespace === gatewayNamespace)?.[1].sum ?? 0;
            const used = metrics.map((metric) => {
                const value = ofWindow.get(metric);
                return value ? metric.usage(value, requests) : (metric.usageWithout?.(requests) ?? {});
            });
            usageByWindow.set(start, plus(usageByWindow.get(start) ?? {}, ...used));
        }
    }
    missing.push(...[...incomplete].map((index) => `CloudWatch has no complete data for ${reads[index]?.metric.name}`));
}

const statistics = { Sum: "sum", Minimum: "minimum" } as const;
