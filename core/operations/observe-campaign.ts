import { type CloudWatchClient, type Dimension, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
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
import { prefetchCounts } from "../cost/logged-counts.ts";
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

/**
 * Returns a campaign's requests in windows of five minutes, without empty windows.
 *
 * @throws Error if CloudWatch's answer is incomplete
 */
export const requestWindows = (
    client: CloudWatchClient,
    campaignArn: string,
    since: number,
    now: number,
): Promise<RequestWindows> =>
    fetchWindows(
        client,
        personalizeNamespace,
        servingMetrics.successes,
        { Name: "CampaignArn", Value: campaignArn },
        since,
        now,
    );

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
    const ofStack = { Name: "Stack", Value: stack };
    const ofFunction = { Name: "FunctionName", Value: functionName };
    const logged = (stat: "Sum" | "Minimum") =>
        fetchWindows(client, functionsNamespace, servingApiMetrics.prefetchCalls, ofStack, since, now, stat);
    const [sums, minimums, invocations] = await Promise.all([
        logged("Sum"),
        logged("Minimum"),
        fetchWindows(client, functionNamespace, functionMetrics.requests, ofFunction, since - hour, now),
    ]);
    return prefetchCounts({ sums, minimums, invocations, viewers });
}

/** Returns a statistic of a metric by windows. Throws for partial data, so that no caller uses it as complete. */
async function fetchWindows(
    client: CloudWatchClient,
    Namespace: string,
    MetricName: string,
    dimension: Dimension,
    since: number,
    now: number,
    Stat: "Sum" | "Minimum" = "Sum",
): Promise<RequestWindows> {
    const windows = new Map<number, number>();
    const pages = paginateGetMetricData(
        { client },
        {
            StartTime: new Date(windowStart(since)),
            EndTime: new Date(windowStart(now) + window),
            ScanBy: "TimestampAscending",
            MetricDataQueries: [
                {
                    Id: "requests",
                    MetricStat: {
                        Metric: { Namespace, MetricName, Dimensions: [dimension] },
                        Period: window / 1000,
                        Stat,
                    },
                },
            ],
        },
    );
    let status = "";
    for await (const { MetricDataResults = [] } of pages) {
        for (const { Timestamps = [], Values = [], StatusCode = "" } of MetricDataResults) {
            status = StatusCode;
            for (const [at, timestamp] of Timestamps.entries()) {
                windows.set(windowStart(timestamp.getTime()), Values[at] ?? 0);
            }
        }
    }
    if (status !== "Complete") throw new Error(`CloudWatch returned ${status || "no status"} for ${MetricName}`);
    return windows;
}
