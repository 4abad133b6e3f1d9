import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import {
    edgeMetrics,
    edgeNamespace,
    functionMetrics,
    functionNamespace,
    gatewayMetrics,
    gatewayNamespace,
    logMetrics,
    logNamespace,
    ownNamespace,
    servingApiMetrics,
    tableMetrics,
    tableNamespace,
} from "../../../config/metrics.ts";
import { apiStage } from "../../../config/names.ts";
import { window, windowOf } from "../../../cost/time.ts";
import { assumed, type Usage } from "../../../cost/usage.ts";
import {
    type CloseClients,
    closeApi,
    distributionId,
    type ServedPlace,
} from "../../../personalize/operations/close-api.ts";
import { readStateFlags } from "../../../personalize/operations/state-flags.ts";
import type { GuardPorts } from "./run-guard.ts";

/** Functions that the guard counts, with their memory in GiB. */
export interface ServingPlace extends ServedPlace {
    readonly functions: readonly { readonly name: string; readonly gb: number }[];
}

/** A metric, and the use that its sum means. */
interface CountedMetric {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly usage: (sum: number) => Partial<Usage>;
}

const bytesPerGb = 1024 ** 3;

/** Metrics of the stack's own region. */
const regionalMetrics = ({ stack, apiName, functions }: ServingPlace): readonly CountedMetric[] => [
    {
        namespace: gatewayNamespace,
        name: gatewayMetrics.requests,
        dimensions: { ApiName: apiName, Stage: apiStage },
        usage: (sum) => ({
            apiRequests: sum,
            traces: sum * assumed.tracedShare,
            // API Gateway has no metric of a REST API's bytes.
            transferGb: (sum * assumed.answerKb * 1024) / bytesPerGb,
        }),
    },
    ...functions.flatMap(({ name, gb }) => [
        {
            namespace: functionNamespace,
            name: functionMetrics.requests,
            dimensions: { FunctionName: name },
            usage: (sum: number) => ({ functionRequests: sum }),
        },
        {
            namespace: functionNamespace,
            name: functionMetrics.milliseconds,
            dimensions: { FunctionName: name },
            usage: (sum: number) => ({ gbSeconds: (sum / 1000) * gb }),
        },
        {
            namespace: logNamespace,
            name: logMetrics.bytes,
            dimensions: { LogGroupName: `/aws/lambda/${name}` },
            usage: (sum: number) => ({ logGb: sum / bytesPerGb }),
        },
    ]),
    {
        namespace: tableNamespace,
        name: tableMetrics.reads,
        dimensions: { TableName: apiName },
        usage: (sum) => ({ reads: sum }),
    },
    {
        namespace: tableNamespace,
        name: tableMetrics.writes,
        dimensions: { TableName: apiName },
        usage: (sum) => ({ writes: sum }),
    },
    {
        namespace: ownNamespace,
        name: servingApiMetrics.events,
        dimensions: { Stack: stack },
        usage: (sum) => ({ eventsGb: (sum * assumed.eventKb * 1024) / bytesPerGb }),
    },
];

/** Metrics of a distribution, which exist only in us-east-1 (CloudFront Developer Guide, "Monitoring CloudFront"). */
export const edgeRegion = "us-east-1";
const metricsOfEdge = (DistributionId: string): readonly CountedMetric[] => [
    {
        namespace: edgeNamespace,
        name: edgeMetrics.requests,
        dimensions: { DistributionId, Region: "Global" },
        usage: (sum) => ({ edgeRequests: sum }),
    },
    {
        namespace: edgeNamespace,
        name: edgeMetrics.bytes,
        dimensions: { DistributionId, Region: "Global" },
        usage: (sum) => ({ edgeGb: sum / bytesPerGb }),
    },
];

/** The metrics that the guard counts, for the check that nothing billed is unwatched. */
export const countedMetrics = (place: ServingPlace): readonly Omit<CountedMetric, "usage">[] => [
    ...regionalMetrics(place),
    ...(place.distribution === undefined ? [] : metricsOfEdge("")),
];

/** The guard's ports to API and page. `edgeMetrics` is CloudWatch in us-east-1. */
export function servingPorts(
    clients: CloseClients & { readonly cloudwatch: CloudWatchClient; readonly edgeCloudwatch: CloudWatchClient },
    place: ServingPlace,
): NonNullable<GuardPorts["serving"]> {
    return {
        async usage(since) {
            const id = place.distribution && (await distributionId(clients.edge, place.distribution));
            const found = new Map<number, Partial<Usage>>();
            await addUsage(clients.cloudwatch, regionalMetrics(place), since, found);
            if (id) await addUsage(clients.edgeCloudwatch, metricsOfEdge(id), since, found);
            return found;
        },
        isClosed: async () => (await readStateFlags(clients.ssm, place.stack)).closed !== undefined,
        async close(reason) {
            await closeApi(clients, place, reason);
        },
    };
}

/** Adds the sums of metrics by windows. It throws for partial data, so that they are never used as all data. */
async function addUsage(
    client: CloudWatchClient,
    metrics: readonly CountedMetric[],
    since: number,
    found: Map<number, Partial<Usage>>,
): Promise<void> {
    const MetricDataQueries: MetricDataQuery[] = metrics.map(({ namespace, name, dimensions }, index) => ({
        Id: `m${index}`,
        MetricStat: {
            Metric: {
                Namespace: namespace,
                MetricName: name,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            },
            Period: window / 1000,
            Stat: "Sum",
        },
    }));
    const now = Date.now();
    const asked = {
        StartTime: new Date(windowOf(since)),
        EndTime: new Date(windowOf(now) + window),
        MetricDataQueries,
    };
    const incomplete = new Set(metrics.keys());
    for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, asked)) {
        for (const { Id = "", Timestamps = [], Values = [], StatusCode } of MetricDataResults) {
            const index = Number(Id.slice(1));
            if (StatusCode === "Complete") incomplete.delete(index);
            for (const [at, timestamp] of Timestamps.entries()) {
                const start = windowOf(timestamp.getTime());
                const used = metrics[index]?.usage(Values[at] ?? 0) ?? {};
                const before: Partial<Record<string, number>> = found.get(start) ?? {};
                const sums = Object.entries(used).map(([key, value]) => [key, (before[key] ?? 0) + value]);
                found.set(start, { ...before, ...Object.fromEntries(sums) });
            }
        }
    }
    const [missing] = incomplete;
    if (missing !== undefined) throw new Error(`CloudWatch returned incomplete data for ${metrics[missing]?.name}`);
}
