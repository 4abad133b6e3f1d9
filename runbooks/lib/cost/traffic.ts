import { type CloudWatchClient, paginateGetMetricData } from "@aws-sdk/client-cloudwatch";
import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { goneOrThrow } from "pulumi-personalize/core";
import { functionsNamespace, servingApiMetrics } from "../../../config/metrics.ts";
import { approximately, priceNote } from "../../../config/prices.ts";
import { type Advice, adviseMinimum } from "../../../cost/advice.ts";
import { type SavedCalls, type ServedWindow, savedCalls } from "../../../cost/spend.ts";
import { day, hour, window } from "../../../cost/time.ts";
import { requestWindows } from "../../../personalize/operations/observe-campaign.ts";

/**
 * Returns the cheapest minimum TPS for last week's traffic; undefined without a campaign. The program does not apply
 * this value automatically. Throws the errors of Personalize and CloudWatch.
 */
export async function adviseTps(
    clients: { readonly personalize: PersonalizeClient; readonly cloudwatch: CloudWatchClient },
    campaignArn: string,
    recipe: string | undefined,
    now: number,
): Promise<Advice | undefined> {
    if (campaignArn === "") {
        return undefined;
    }
    const describe = new DescribeCampaignCommand({ campaignArn });
    const { campaign } = (await clients.personalize.send(describe).catch(goneOrThrow)) ?? {};
    if (campaign === undefined) {
        return undefined;
    }
    const requests = await requestWindows(clients.cloudwatch, campaignArn, now - 7 * day, now);
    return adviseMinimum(now, { recipe, minProvisionedTPS: campaign.minProvisionedTPS ?? 1 }, requests);
}

/**
 * The number of days for which CloudWatch keeps five-minute datapoints; older ones are hourly (CloudWatch User Guide,
 * "Metrics retention").
 */
const keptDays = 63;

const { answeredBy, campaignCalls } = servingApiMetrics;
/** Sources of personal lists. `similar` and `popular` need no campaign. */
const personal = [answeredBy.campaign, answeredBy.cache, answeredBy.precomputed];

/**
 * Returns the savings of the API's caches from `start` to `end`, from the API's metrics. Throws an Error if CloudWatch
 * denies access or returns partial data.
 */
export async function cacheSavings(
    client: CloudWatchClient,
    of: { readonly stack: string; readonly recipe: string | undefined; readonly minProvisionedTPS: number },
    { start, end, now }: { readonly start: number; readonly end: number; readonly now: number },
): Promise<SavedCalls> {
    const length = now - start > keptDays * day ? hour : window;
    const windows = await servedWindows(client, of.stack, { start, end: Math.min(end, now + window) }, length);
    return savedCalls(windows, length, of);
}

async function servedWindows(
    client: CloudWatchClient,
    stack: string,
    time: { readonly start: number; readonly end: number },
    length: number,
): Promise<readonly ServedWindow[]> {
    const names = [...personal, campaignCalls];
    const pages = paginateGetMetricData(
        { client },
        {
            StartTime: new Date(time.start),
            EndTime: new Date(time.end),
            MetricDataQueries: names.map((MetricName, index) => ({
                Id: `metric${index}`,
                MetricStat: {
                    Metric: {
                        Namespace: functionsNamespace,
                        MetricName,
                        Dimensions: [{ Name: "Stack", Value: stack }],
                    },
                    Period: length / 1000,
                    Stat: "Sum",
                },
            })),
        },
    );
    const byPeriod = new Map<number, { lists: number; calls: number }>();
    const statuses = new Map<string, string>();
    for await (const { MetricDataResults = [] } of pages) {
        for (const { Id = "", Timestamps = [], Values = [], StatusCode = "" } of MetricDataResults) {
            statuses.set(Id, StatusCode);
            const of = names[Number(Id.replace("metric", ""))] === campaignCalls ? "calls" : "lists";
            for (const [index, timestamp] of Timestamps.entries()) {
                const one = byPeriod.get(timestamp.getTime()) ?? { lists: 0, calls: 0 };
                one[of] += Values[index] ?? 0;
                byPeriod.set(timestamp.getTime(), one);
            }
        }
    }
    if (names.some((_, index) => statuses.get(`metric${index}`) !== "Complete")) {
        throw new Error("CloudWatch returned only part of the API's metrics");
    }
    return [...byPeriod.values()];
}

/** Formats the savings as one line. */
export function cacheSavingsText({ lists, calls, usd }: SavedCalls): string {
    if (lists === 0) {
        return "Caching saved nothing: the API had no requests for lists in this time.";
    }
    const count = (some: number) => some.toLocaleString("en-US");
    const head = `Caching: ${count(lists)} personal lists needed ${calls === 1 ? "1 campaign call" : `${count(calls)} campaign calls`}`;
    return usd < 0.005
        ? `${head}, which saved nothing: without a cache, the calls would also be within the campaign's minimum.`
        : `${head}, which saved ${approximately(usd)} ${priceNote}; below the campaign's minimum a call saves nothing.`;
}
