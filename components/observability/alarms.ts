import { gatewayMetrics, jobMetrics, ownMetrics, servingApiMetrics, servingMetrics } from "../../config/metrics.ts";
import { nearLimit } from "../../cost/enforce-limit.ts";
import { closingShare, notificationShare } from "../../cost/serving-shares.ts";
import {
    gatewayMetric,
    jobErrors,
    type MetricsPlace,
    ownMetric,
    type StackMetric,
    servingMetric,
} from "./stack-metrics.ts";

/** An alarm of the stack: metric and condition. */
export interface Alarm {
    /** End of the alarm's name, and name of its page in docs/runbooks. */
    readonly id: string;
    /** One sentence, the first that the operator reads. */
    readonly says: string;
    readonly watches:
        | { readonly metric: StackMetric; readonly statistic: "Average" | "Maximum" }
        /** Metric math over sums of metrics, by their ids; or a Metrics Insights query without sums. */
        | { readonly expression: string; readonly sums: Readonly<Record<string, StackMetric>> };
    readonly calls: "above" | "at or above";
    readonly threshold: number;
    /** Seconds. */
    readonly period: number;
    /** `needed` of `of` periods must be too high. */
    readonly datapoints: { readonly of: number; readonly needed: number };
    readonly missing: "notBreaching" | "ignore" | "missing";
    /** Reason for the treatment of missing data. */
    readonly missingBecause: string;
}

/** Thresholds from the configuration. */
export interface AlarmSettings {
    /** Hours. */
    readonly idleHours: number;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    /** Percent. */
    readonly maximumNdcgDrop: number;
    /** The API's rates, in requests per second. */
    readonly requestsPerSecond: number;
    readonly eventsPerSecond: number;
}

const minutes5 = 300;
const hour = 3600;
const day = 24 * hour;
const once = { of: 1, needed: 1 };

/** With fewer requests in five minutes, a percentage has no meaning. */
const enoughRequests = 20;
/**
 * With fewer failures in five minutes, a percentage of the campaign's calls has no meaning. A minimum of calls would hide
 * an outage of a small campaign: most lists come from caches.
 */
const enoughFailures = 3;
/** Milliseconds. A page waits for recommendations; Personalize's own target is below 100. */
const slowMilliseconds = 500;
/** Hours. The longest interval of automatic training; older data lacks all new items. */
const staleHours = 30 * 24;

/** Alarm on failed runs and deliveries; the notifications' component creates it with its queue. */
export const failuresAlarm = (queueName: string): Alarm => ({
    id: "failures",
    says: "The cost guard, its schedule or the chat failed; the queue holds the failed events",
    watches: {
        metric: {
            namespace: "AWS/SQS",
            name: "ApproximateNumberOfMessagesVisible",
            dimensions: { QueueName: queueName },
        },
        statistic: "Maximum",
    },
    calls: "above",
    threshold: 0,
    period: minutes5,
    datapoints: once,
    missing: "notBreaching",
    missingBecause: "SQS publishes no metrics for an unused queue",
});

/** Alarms on a percentage of failures: two of three periods are above the threshold. */
const failureRate = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 2 },
    missing: "notBreaching",
    missingBecause: "there is no datapoint without requests",
} as const;

/** Failed requests, by the ids of the errors alarm. */
const failed = "SUM([badRequests, failures])";

/** All other alarms of a stack. */
export function alarmsOf(place: MetricsPlace, settings: AlarmSettings): readonly Alarm[] {
    const own = (name: string) => ({ metric: ownMetric(place, name), statistic: "Maximum" }) as const;
    const noPublisher = "publish-metrics does not run: the state is unknown, so the alarm shows INSUFFICIENT_DATA";
    return [
        {
            id: "errors",
            says: "More than 5 % of the recommendation requests fail in Personalize",
            watches: {
                // SUM of an array skips a metric without data. In an outage, successes have none.
                expression: `IF(${failed} >= ${enoughFailures}, 100 * ${failed} / SUM([successes, badRequests, failures]), 0)`,
                sums: {
                    successes: servingMetric(place, servingMetrics.successes),
                    badRequests: servingMetric(place, servingMetrics.badRequests),
                    failures: servingMetric(place, servingMetrics.failures),
                },
            },
            ...failureRate,
            threshold: 5,
        },
        {
            id: "latency",
            says: `The average latency of recommendations is ${slowMilliseconds} ms or more for 15 minutes`,
            // Personalize documents no percentile of it (developer guide, "Monitoring with CloudWatch").
            watches: { metric: servingMetric(place, servingMetrics.latency), statistic: "Average" },
            calls: "at or above",
            threshold: slowMilliseconds,
            period: minutes5,
            datapoints: { of: 3, needed: 3 },
            missing: "notBreaching",
            missingBecause: "there is no datapoint without requests",
        },
        {
            id: "import-failed",
            says: "A dataset import job of the stack failed",
            watches: { expression: jobErrors(place, jobMetrics.importErrors), sums: {} },
            calls: "above",
            threshold: 0,
            period: minutes5,
            datapoints: once,
            missing: "notBreaching",
            missingBecause: "there is no datapoint without an import",
        },
        {
            id: "training-failed",
            says: "A training of the stack's solution failed; the campaign keeps serving the previous version",
            watches: { expression: jobErrors(place, jobMetrics.trainingErrors), sums: {} },
            calls: "above",
            threshold: 0,
            period: minutes5,
            datapoints: once,
            missing: "notBreaching",
            missingBecause: "there is no datapoint without a training",
        },
        {
            id: "stale-data",
            says: `The last import of interactions is more than ${staleHours / 24} days old`,
            watches: own(ownMetrics.dataAge),
            calls: "above",
            threshold: staleHours,
            period: day,
            datapoints: once,
            missing: "missing",
            missingBecause: noPublisher,
        },
        {
            id: "quality-drop",
            says: `The live solution version's NDCG@10 is more than ${settings.maximumNdcgDrop} % below the previous version's`,
            watches: own(ownMetrics.ndcgDrop),
            calls: "above",
            threshold: settings.maximumNdcgDrop,
            period: day,
            datapoints: once,
            missing: "missing",
            missingBecause: noPublisher,
        },
        {
            id: "idle",
            says: `The campaign had no requests for ${settings.idleHours} hours, and it is billed`,
            watches: own(ownMetrics.idleHours),
            calls: "at or above",
            threshold: settings.idleHours,
            period: hour,
            datapoints: once,
            missing: "notBreaching",
            missingBecause: "a missing campaign is not idle; a failing cost guard has its own alarm",
        },
        {
            id: "cost",
            says: `This month's campaign cost is near the limit of $${settings.monthlyLimitUsd}; at the limit the cost guard parks the campaign`,
            watches: own(ownMetrics.monthSpend),
            calls: "at or above",
            threshold: Math.round(nearLimit * settings.monthlyLimitUsd * 100) / 100,
            period: hour,
            datapoints: once,
            missing: "ignore",
            missingBecause: "the spend does not fall while the cost guard publishes nothing",
        },
        ...(place.api ? [campaignFailures(place), apiErrors(place.api), ...useOf(place, place.api, settings)] : []),
    ];
}

/** The API answers 200 from its tables when the campaign fails, and the campaign's own metrics do not count timeouts. */
const campaignFailures = (place: MetricsPlace): Alarm => ({
    id: "campaign-failures",
    says: "More than 5 % of the API's calls of the campaign fail, so viewers get older or popular lists",
    watches: {
        expression: `IF(failures >= ${enoughFailures}, 100 * failures / calls, 0)`,
        sums: {
            calls: ownMetric(place, servingApiMetrics.campaignCalls),
            failures: ownMetric(place, servingApiMetrics.campaignFailures),
        },
    },
    ...failureRate,
    threshold: 5,
});

/** The API always answers, with or without a campaign, so every failure is its own. */
const apiErrors = (api: NonNullable<MetricsPlace["api"]>): Alarm => ({
    id: "api-errors",
    says: "More than 1 % of the API's requests fail; the API should answer even without a campaign",
    watches: {
        expression: `IF(requests >= ${enoughRequests}, 100 * FILL(failures, 0) / requests, 0)`,
        sums: {
            requests: gatewayMetric(api, gatewayMetrics.requests),
            failures: gatewayMetric(api, gatewayMetrics.failures),
        },
    },
    ...failureRate,
    threshold: 1,
});

/** Share of the allowed requests that usual traffic does not reach for long. */
const busyShare = 0.5;
const whileBusy = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 3 },
    missing: "notBreaching",
    missingBecause: "there is no datapoint without requests",
} as const;

/** Alarms on use out of proportion. The first one is in US dollars, and covers the bytes of page and API too. */
const useOf = (
    place: MetricsPlace,
    api: NonNullable<MetricsPlace["api"]>,
    { monthlyLimitUsd, requestsPerSecond, eventsPerSecond }: AlarmSettings,
): readonly Alarm[] => [
    {
        id: "requests-cost",
        says: `Requests cost ${100 * notificationShare} % of the monthly limit in an hour; at ${100 * closingShare} % the cost guard closes API and page`,
        watches: { metric: ownMetric(place, servingApiMetrics.requestsCost), statistic: "Maximum" },
        calls: "at or above",
        threshold: Math.round(notificationShare * monthlyLimitUsd * 100) / 100,
        period: minutes5,
        datapoints: once,
        missing: "ignore",
        missingBecause: "the cost is unknown while the cost guard publishes nothing",
    },
    {
        id: "requests",
        says: `The API got more than ${100 * busyShare} % of the lists that it allows, for 15 minutes`,
        watches: {
            expression: `requests / ${minutes5}`,
            sums: { requests: gatewayMetric(api, gatewayMetrics.requests) },
        },
        ...whileBusy,
        threshold: busyShare * requestsPerSecond,
    },
    {
        id: "events",
        says: `The API took more than ${100 * busyShare} % of the events that it allows, for 15 minutes`,
        watches: { expression: `events / ${minutes5}`, sums: { events: ownMetric(place, servingApiMetrics.events) } },
        ...whileBusy,
        threshold: busyShare * eventsPerSecond,
    },
];

/** Number of alarms of a stack; each is billed. */
export const alarmCount = (hasApi: boolean): number =>
    1 +
    alarmsOf(
        {
            stack: "",
            campaignArn: "",
            datasetGroupArn: "",
            solutionArn: "",
            api: hasApi ? { name: "", stage: "" } : undefined,
        },
        { idleHours: 1, monthlyLimitUsd: 1, maximumNdcgDrop: 1, requestsPerSecond: 1, eventsPerSecond: 1 },
    ).length;
