import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { messageOf } from "terminal-text";
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
} from "../../../core/config/metrics.ts";
import { apiStage } from "../../../core/config/names.ts";
import { assumed, plus, type Usage } from "../../../core/cost/usage.ts";
import {
    type CloseClients,
    closeApi,
    distributionId,
    isApiClosed,
    type ServedPlace,
} from "../../../core/operations/close-api.ts";
import { readWindows } from "../../../core/operations/observe-campaign.ts";
import { jobsSpend } from "../batch-lists/state-item.ts";
import type { GuardPorts } from "./guard-ports.ts";

/**
 * What the cost guard observes of the API and the page. `functions` are the functions that it counts, with their memory
 * in GiB.
 */
export interface ServingTargets extends ServedPlace {
    readonly functions: readonly { readonly name: string; readonly gb: number }[];
    /** Whether X-Ray traces the API. */
    readonly traces: boolean;
    /** Name of the table that stores the spend of batch inference jobs; undefined for a stack without them. */
    readonly jobsTable?: string | undefined;
}

/**
 * A metric, and the conversion of its sum in a window to the usage that AWS bills. `requests` is API Gateway's count in
 * that window.
 */
export interface CountedMetric {
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

/**
 * A count that CloudWatch extracts from a function's log. Any function of the account can write such a log line for
 * another stack. Therefore, the code never uses more than a maximum that it derives from metrics that only AWS can
 * write.
 */
interface LoggedCount {
    readonly sum: number;
    /** The smallest datapoint. A negative one is forged, and hides other datapoints in the sum. */
    readonly minimum: number;
}

/**
 * Returns a logged count, limited to `most`. Returns `most` for a forged count, so that no forged datapoint hides use.
 */
const loggedCount = ({ sum, minimum }: LoggedCount, most: number): number =>
    Math.min(sum, minimum) < 0 || sum > most ? most : sum;

/** Declares a metric whose sum alone determines the usage. */
const summed = (
    namespace: string,
    name: string,
    dimensions: CountedMetric["dimensions"],
    usageOf: (sum: number) => Partial<Usage>,
): CountedMetric => ({ namespace, name, dimensions, usage: ({ sum }) => usageOf(sum) });

/** Returns the metrics that CloudWatch stores in the stack's own region. */
export const regionalMetrics = ({ stack, apiName, functions, traces }: ServingTargets): readonly CountedMetric[] => [
    summed(gatewayNamespace, gatewayMetrics.requests, { ApiName: apiName, Stage: apiStage }, (sum) => ({
        apiRequests: sum,
        ...(traces && { traces: sum }),
        // API Gateway has no metric for the bytes of a REST API.
        transferGb: (sum * assumed.headersKb * 1024) / bytesPerGb,
    })),
    ...functions.flatMap(({ name: FunctionName, gb }) => [
        summed(functionNamespace, functionMetrics.requests, { FunctionName }, (sum) => ({ functionRequests: sum })),
        summed(functionNamespace, functionMetrics.milliseconds, { FunctionName }, (sum) => ({
            gbSeconds: (sum / 1000) * gb,
        })),
        summed(logNamespace, logMetrics.bytes, { LogGroupName: `/aws/lambda/${FunctionName}` }, (sum) => ({
            logGb: sum / bytesPerGb,
        })),
    ]),
    summed(tableNamespace, tableMetrics.reads, { TableName: apiName }, (reads) => ({ reads })),
    summed(tableNamespace, tableMetrics.writes, { TableName: apiName }, (writes) => ({ writes })),
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

/** Returns the metrics that CloudWatch stores in us-east-1 for a CloudFront distribution. */
function metricsOfEdge(DistributionId: string): readonly CountedMetric[] {
    const dimensions = { DistributionId, Region: "Global" };
    return [
        summed(edgeNamespace, edgeMetrics.requests, dimensions, (sum) => ({ edgeRequests: sum })),
        summed(edgeNamespace, edgeMetrics.bytes, dimensions, (sum) => ({ edgeGb: sum / bytesPerGb })),
    ];
}

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
                missing.push(`the metrics of CloudFront: ${messageOf(error)}`);
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
