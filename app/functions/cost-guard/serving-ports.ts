import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { gatewayNamespace } from "../../../core/config/metrics.ts";
import { plus, type Usage } from "../../../core/cost/usage.ts";
import { type CloseClients, closeApi, distributionId, isApiClosed } from "../../../core/operations/close-api.ts";
import { readWindows } from "../../../core/operations/observe-campaign.ts";
import { jobsSpend } from "../batch-lists/state-item.ts";
import {
    type CountedMetric,
    type LoggedCount,
    metricsOfEdge,
    regionalMetrics,
    type ServingTargets,
} from "./counted-metrics.ts";
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
        (metric.isLogged ? (["Sum", "Minimum"] as const) : (["Sum"] as const)).map((stat) => ({ metric, stat })),
    );
    const queries = reads.map(({ metric, stat }) => ({ ...metric, stat }));
    const { values, incomplete, error } = await readWindows(client, queries, since, Date.now());
    const gateway = metrics.find(({ namespace }) => namespace === gatewayNamespace);
    for (const start of new Set(values.flatMap((windows) => [...windows.keys()]))) {
        const countOf = (metric: CountedMetric | undefined): LoggedCount | undefined => {
            const its = values.filter((_, index) => reads[index]?.metric === metric);
            const [sum, minimum] = its.map((windows) => windows.get(start));
            return sum === undefined && minimum === undefined ? undefined : { sum: sum ?? 0, minimum: minimum ?? 0 };
        };
        const requests = countOf(gateway)?.sum ?? 0;
        const used = metrics.map((metric) => {
            const value = countOf(metric);
            return value ? metric.usage(value, requests) : (metric.usageWithout?.(requests) ?? {});
        });
        usageByWindow.set(start, plus(usageByWindow.get(start) ?? {}, ...used));
    }
    missing.push(
        ...(error === undefined
            ? incomplete.map((name) => `CloudWatch has no complete data for ${name}`)
            : [error instanceof Error ? `${error.name}: ${error.message}` : String(error)]),
    );
}
