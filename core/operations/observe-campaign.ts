import { type CloudWatchClient, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { goneOrThrow } from "pulumi-personalize/core";
import {
    functionMetrics,
    functionNamespace,
    functionsNamespace,
    personalizeNamespace,
    servingApiMetrics,
    servingMetrics,
} from "../config/metrics.ts";
import type { ObservedCampaign } from "../cost/observations.ts";
import type { RequestWindows } from "../cost/spend.ts";
import { hour, window, windowStart } from "../cost/time.ts";

/**
 * Returns a campaign as the cost guard counts it, with the ARN of its solution version; undefined if no campaign is
 * billed.
 */
export async function observeCampaign(
    client: PersonalizeClient,
    campaignArn: string,
): Promise<(ObservedCampaign & { readonly solutionVersionArn: string }) | undefined> {
    const { campaign } = (await client.send(new DescribeCampaignCommand({ campaignArn })).catch(goneOrThrow)) ?? {};
    return campaign === undefined || campaign.status === "CREATE FAILED"
        ? undefined
        : {
              status: campaign.status ?? "",
              createdAt: campaign.creationDateTime?.getTime() ?? 0,
              updatedAt: campaign.lastUpdatedDateTime?.getTime() ?? 0,
              minProvisionedTPS: campaign.minProvisionedTPS ?? 1,
              solutionVersionArn: campaign.solutionVersionArn ?? "",
          };
}

/** A statistic of a metric. */
interface MetricQuery {
    readonly namespace: string;
    readonly name: string;
    readonly dimensions: Readonly<Record<string, string>>;
    readonly stat: "Sum" | "Minimum";
}

/**
 * Returns statistics of metrics in windows of five minutes, in the order of `queries`. Names of metrics without complete
 * data are in `incomplete`. If a call fails, `error` is its error, and the values are those of the calls before it.
 */
export async function readWindows(
    client: CloudWatchClient,
    queries: readonly MetricQuery[],
    since: number,
    now: number,
): Promise<{
    readonly values: readonly RequestWindows[];
    readonly incomplete: readonly string[];
    readonly error?: unknown;
}> {
    const values = queries.map(() => new Map<number, number>());
    const complete = new Set<number>();
    const input = {
        StartTime: new Date(windowStart(since)),
        EndTime: new Date(windowStart(now) + window),
        MetricDataQueries: queries.map(({ namespace: Namespace, name: MetricName, dimensions, stat: Stat }, index) => {
            const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
            const Metric = { Namespace, MetricName, Dimensions };
            return { Id: `m${index}`, MetricStat: { Metric, Period: window / 1000, Stat } };
        }),
    };
    let failure: { readonly error?: unknown } = {};
    try {
        for await (const { MetricDataResults = [] } of paginateGetMetricData({ client }, input)) {
            for (const { Id = "", Timestamps = [], Values = [], StatusCode } of MetricDataResults) {
                const index = Number(Id.slice(1));
                if (StatusCode === "Complete") complete.add(index);
                for (const [at, timestamp] of Timestamps.entries()) {
                    values[index]?.set(windowStart(timestamp.getTime()), Values[at] ?? 0);
                }
            }
        }
    } catch (error) {
        failure = { error };
    }
    const incomplete = queries.filter((_, index) => !complete.has(index)).map(({ name }) => name);
    return { values, incomplete, ...failure };
}

/** Returns the values of `readWindows`. Throws for partial data, so that no caller uses it as complete. */
async function completeWindows(...args: Parameters<typeof readWindows>): Promise<readonly RequestWindows[]> {
    const { values, incomplete, error } = await readWindows(...args);
    if (error !== undefined) throw error;
    if (incomplete.length > 0) throw new Error(`CloudWatch has no complete data for ${incomplete.join(", ")}`);
    return values;
}

const none: RequestWindows = new Map();

/**
 * Returns a campaign's requests in windows of five minutes, without empty windows.
 *
 * @throws Error if CloudWatch's answer is incomplete
 */
export async function requestWindows(
    client: CloudWatchClient,
    CampaignArn: string,
    since: number,
    now: number,
): Promise<RequestWindows> {
    const requests = { namespace: personalizeNamespace, name: servingMetrics.successes, dimensions: { CampaignArn } };
    const [windows = none] = await completeWindows(client, [{ ...requests, stat: "Sum" }], since, now);
    return windows;
}

/** The function that precomputes lists, and the number of viewers in one run. */
export interface PrefetchFunction {
    readonly functionName: string;
    readonly viewers: number;
}

/**
 * Returns the number of requests that the stack's own prefetch function sent to its campaign, for each window of five
 * minutes. The number is never higher than what the function's invocations in the window can have sent, because log
 * lines can be forged.
 *
 * @throws Error if CloudWatch's answer is incomplete
 */
export async function prefetchWindows(
    client: CloudWatchClient,
    stack: string,
    { functionName, viewers }: PrefetchFunction,
    since: number,
    now: number,
): Promise<RequestWindows> {
    const name = servingApiMetrics.prefetchCalls;
    const logged = { namespace: functionsNamespace, name, dimensions: { Stack: stack } };
    const dimensions = { FunctionName: functionName };
    const invoked = { namespace: functionNamespace, name: functionMetrics.requests, dimensions };
    const stats = [
        { ...logged, stat: "Sum" },
        { ...logged, stat: "Minimum" },
    ] as const;
    const [[sums = none, minimums = none], [invocations = none]] = await Promise.all([
        completeWindows(client, stats, since, now),
        completeWindows(client, [{ ...invoked, stat: "Sum" }], since - hour, now),
    ]);
    return prefetchCounts({ sums, minimums, invocations, viewers });
}

/**
 * Number of windows before and after an invocation in which CloudWatch may count its requests: an invocation runs five
 * minutes, and clocks differ.
 */
const reach = { before: 1, after: 2 };

/**
 * Returns the logged requests of the prefetch function by windows, at most as many as its invocations can have sent: any
 * function of the account can write such a log line for another stack.
 * The rest counts as use by other clients. A window with a negative datapoint is left out, so all its requests count as
 * use, because a used campaign must never look idle.
 */
function prefetchCounts({
    sums,
    minimums,
    invocations,
    viewers,
}: {
    readonly sums: RequestWindows;
    readonly minimums: RequestWindows;
    readonly invocations: RequestWindows;
    /** Maximum number of requests that one invocation of the prefetch function sends. */
    readonly viewers: number;
}): RequestWindows {
    const left = new Map([...invocations].map(([start, count]) => [start, Math.max(0, count) * viewers]));
    const counts = new Map<number, number>();
    for (const [start, sum] of [...sums].sort(([one], [other]) => one - other)) {
        if (Math.min(sum, minimums.get(start) ?? 0) < 0) continue;
        let wanted = sum;
        for (let at = start - reach.after * window; at <= start + reach.before * window && wanted > 0; at += window) {
            const taken = Math.min(wanted, left.get(at) ?? 0);
            left.set(at, (left.get(at) ?? 0) - taken);
            wanted -= taken;
        }
        if (sum > wanted) counts.set(start, sum - wanted);
    }
    return counts;
}
