import { type CloudWatchClient, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { personalizeNamespace, servingMetrics } from "../../config/metrics.ts";
import type { RequestWindows } from "../../cost/spend.ts";
import { window, windowOf } from "../../cost/time.ts";

/**
 * Requests of a campaign by windows of five minutes; windows in which nobody asked are missing. `metric` is the service's that
 * counts them.
 *
 * @throws Error when CloudWatch does not answer in full: part of the data is not to be taken for all of it.
 */
export async function requestWindows(
    client: CloudWatchClient,
    campaignArn: string,
    since: number,
    now: number,
    metric: string = servingMetrics.requests,
): Promise<RequestWindows> {
    const found = new Map<number, number>();
    const pages = paginateGetMetricData(
        { client },
        {
            StartTime: new Date(windowOf(since)),
            EndTime: new Date(windowOf(now) + window),
            ScanBy: "TimestampAscending",
            MetricDataQueries: [
                {
                    Id: "requests",
                    MetricStat: {
                        Metric: {
                            Namespace: personalizeNamespace,
                            MetricName: metric,
                            Dimensions: [{ Name: "CampaignArn", Value: campaignArn }],
                        },
                        Period: window / 1000,
                        Stat: "Sum",
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
                found.set(windowOf(timestamp.getTime()), Values[at] ?? 0);
            }
        }
    }
    if (status !== "Complete") {
        throw new Error(`CloudWatch answers ${status || "nothing"} for the campaign's requests`);
    }
    return found;
}
