import { type CloudWatchClient, type MetricDataQuery, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import {
    edgeMetrics,
    edgeNamespace,
    functionMetrics,
    functionNamespace,
    functionsNamespace,
    gatewayMetrics,
    gatewayNamespace,
    logMetrics,
    logNamespace,
    servingApiMetrics,
    tableMetrics,
    tableNamespace,
} from "../../../config/metrics.ts";
import { apiStage } from "../../../config/names.ts";
import { type LoggedCount, loggedCount } from "../../../cost/logged-counts.ts";
import { window, windowStart } from "../../../cost/time.ts";
import { assumed, plus, type Usage } from "../../../cost/usage.ts";
import {
    type CloseClients,
    closeApi,
    distributionId,
    type ServedPlace,
} from "../../../personalize/operations/close-api.ts";
import { readStateFlags } from "../../../personalize/operations/state-flags.ts";
import { jobsSpend } from "../batch-lists/state-item.ts";
import type { GuardPorts } from "./guard-ports.ts";

/**
 * What the cost guard observes of the API and the page. `functions` are the functions that it counts, with their memory
 * in GiB.
 */
export interface ServingTargets extends ServedPlace {
    readonly functions: readonly { readonly name: string; readonly gb: number }[];
    /** Name of the table that stores the spend of batch inference jobs; undefined for a stack without them. */
    readonly jobsTable?: string | undefined;
}

/**
 * A metric, and the conversion of its sum in a window to the usage that AWS bills. `requests` is API Gateway's count in
 * that window.
 */
interface CountedMetric {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    /**
     * Whether CloudWatch extracts the metric from a function's log. If so, the guard also reads its smallest datapoint.
     */
    readonly isLogged?: true;
    usage(value: LoggedCount, requests: number): Partial<Usage>;
    /**
     * Returns the usage in a window for which the log has no value of the metric. Without this function, that usage is
     * zero.
     */
    usageWithout?(requests: number): Partial<Usage>;
}

const bytesPerGb = 1024 ** 3;
/** Maximum size in bytes of Lambda's response to a synchronous call (Lambda Developer Guide, "Lambda quotas"). */
const maxAnswerBytes = 6 * 1024 ** 2;
/** Maximum number of events in one request (app/api/openapi.yaml; Personalize API reference, PutEvents). */
const maxEvents = 10;

/** Returns the metrics that CloudWatch stores in the stack's own region. */
const regionalMetrics = ({ stack, apiName, functions }: ServingTargets): readonly CountedMetric[] => [
    {
        namespace: gatewayNamespace,
        name: gatewayMetrics.requests,
        dimensions: { ApiName: apiName, Stage: apiStage },
        usage: ({ sum }) => ({
            apiRequests: sum,
            traces: sum * assumed.tracedShare,
            // API Gateway has no metric for the bytes of a REST API.
            transferGb: (sum * assumed.headersKb * 1024) / bytesPerGb,
        }),
    },
    ...functions.flatMap(({ name, gb }) => [
        {
            namespace: functionNamespace,
            name: functionMetrics.requests,
            dimensions: { FunctionName: name },
            usage: ({ sum }: LoggedCount) => ({ functionRequests: sum }),
        },
        {
            namespace: functionNamespace,
            name: functionMetrics.milliseconds,
            dimensions: { FunctionName: name },
            usage: ({ sum }: LoggedCount) => ({ gbSeconds: (sum / 1000) * gb }),
        },
        {
            namespace: logNamespace,
            name: logMetrics.bytes,
            dimensions: { LogGroupName: `/aws/lambda/${name}` },
            usage: ({ sum }: LoggedCount) => ({ logGb: sum / bytesPerGb }),
        },
    ]),
    {
        namespace: tableNamespace,
        name: tableMetrics.reads,
        dimensions: { TableName: apiName },
        usage: ({ sum }) => ({ reads: sum }),
    },
    {
        namespace: tableNamespace,
        name: tableMetrics.writes,
        dimensions: { TableName: apiName },
        usage: ({ sum }) => ({ writes: sum }),
    },
    {
        namespace: functionsNamespace,
        name: servingApiMetrics.bytes,
        dimensions: { Stack: stack },
        isLogged: true,
        usage: (value, requests) => ({ transferGb: loggedCount(value, requests * maxAnswerBytes) / bytesPerGb }),
        usageWithout: (requests) => ({ transferGb: (requests * assumed.answerKb * 1024) / bytesPerGb }),
    },
    {
        namespace: functionsNamespace,
        name: servingApiMetrics.events,
        dimensions: { Stack: stack },
        isLogged: true,
        usage: (value, requests) => ({
            eventsGb: (loggedCount(value, requests * maxEvents) * assumed.eventKb * 1024) / bytesPerGb,
        }),
        // Without config `observability.customMetrics`, there is no count of events. Count one event for each request,
        // because a page sends each event in its own request.
        usageWithout: (requests) => ({ eventsGb: (requests * assumed.eventKb * 1024) / bytesPerGb }),
    },
];

/** Region of the metrics of CloudFront distributions (CloudFront Developer Guide, "Monitoring CloudFront"). */
export const edgeRegion = "us-east-1";
const metricsOfEdge = (DistributionId: string): readonly CountedMetric[] => [
    {
        namespace: edgeNamespace,
        name: edgeMetrics.requests,
        dimensions: { DistributionId, Region: "Global" },
        usage: ({ sum }) => ({ edgeRequests: sum }),
    },
    {
        namespace: edgeNamespace,
        name: edgeMetrics.bytes,
        dimensions: { DistributionId, Region: "Global" },
        usage: ({ sum }) => ({ edgeGb: sum / bytesPerGb }),
    },
];

/** Returns the metrics that the cost guard counts. A test checks that they cover everything that AWS bills. */
export const countedMetrics = (place: ServingTargets): readonly Pick<CountedMetric, "namespace" | "name">[] => [
    ...regionalMetrics(place),
    ...(place.distribution === undefined ? [] : metricsOfEdge("")),
];

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
        isClosed: async () => (await readStateFlags(clients.ssm, place.stack, ["closed"])).closed !== undefined,
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
