import { isBatch, type StackConfig } from "../../core/config/config.ts";
import {
    functionsNamespace,
    jobMetrics,
    ownMetrics,
    ownNamespace,
    personalizeNamespace,
    servingMetrics,
} from "../../core/config/metrics.ts";
import { nearLimit } from "../../core/cost/enforce-limit.ts";
import { type Alarm, type AlarmSettings, anyFailure, enoughFailures, failureRate, minutes5, once } from "./alarm.ts";
import { servingAlarms } from "./serving-alarms.ts";
import { jobErrors, type MetricSources, metricsOf } from "./stack-metrics.ts";

const hour = 3600;
const day = 24 * hour;

/** Latency threshold in milliseconds. A page waits for recommendations; Personalize's own target is below 100. */
const slowMilliseconds = 500;
/**
 * Maximum age of the imported data in hours: the longest interval of automatic training. Older data lacks new items. In
 * addition, filters no longer consider a user's history 90 days after the user's last import or event.
 */
const staleHours = 30 * 24;

/**
 * Returns the alarm on failed runs of functions and failed deliveries of notifications. The component `Notifications`
 * creates this alarm together with the queue of failures.
 */
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
    ...anyFailure,
});

/** Metric math for failed requests, by the metric IDs of the errors alarm. */
const failed = "SUM([badRequests, failures])";

/**
 * The part of the configuration that decides which alarms a stack has. By default, a stack has a campaign and custom
 * metrics.
 */
export interface ObservedStack {
    readonly api: boolean;
    readonly batch?: boolean;
    readonly customMetrics?: boolean;
}

/** Returns the part of a configuration that decides about alarms. */
export const observedStack = (config: Pick<StackConfig, "api" | "serving" | "observability">): ObservedStack => ({
    api: config.api,
    batch: isBatch(config),
    customMetrics: config.observability.customMetrics,
});

/** Returns the alarms of the stack, except `failuresAlarm`: those whose metrics exist in the stack's configuration. */
export const selectAlarms = (
    place: MetricSources,
    settings: AlarmSettings,
    { batch = false, customMetrics = true }: Pick<ObservedStack, "batch" | "customMetrics"> = {},
): readonly Alarm[] =>
    everyAlarm(place, settings).filter(({ id, watches }) => {
        const metrics = "sums" in watches ? Object.values(watches.sums) : [watches.metric];
        const namespaces = metrics.map(({ namespace }) => namespace);
        const isCustom = namespaces.includes(ownNamespace) || namespaces.includes(functionsNamespace);
        const needsCampaign = namespaces.includes(personalizeNamespace) || ofCampaign.has(id);
        return (customMetrics || !isCustom) && (!batch || !needsCampaign);
    });

/** IDs of the alarms on metrics of the cost guard and the API that have no meaning without a campaign. */
const ofCampaign: ReadonlySet<string> = new Set(["idle", "campaign-failures", "quality-drop"]);

function everyAlarm(place: MetricSources, settings: AlarmSettings): readonly Alarm[] {
    const metrics = metricsOf(place);
    const own = (name: string) => ({ metric: metrics.own(name), statistic: "Maximum" }) as const;
    const ofPublisher = {
        period: day,
        datapoints: once,
        // If publish-metrics does not run, the state is unknown, and the alarm shows INSUFFICIENT_DATA.
        missing: "missing",
    } as const;
    return [
        {
            id: "errors",
            says: "More than 5 % of the recommendation requests fail in Personalize",
            watches: {
                // Add the metrics with SUM, because SUM of an array skips a metric without data. In an outage, the
                // metric that counts successes has no data.
                expression: `IF(${failed} >= ${enoughFailures}, 100 * ${failed} / SUM([successes, badRequests, failures]), 0)`,
                sums: {
                    successes: metrics.serving(servingMetrics.successes),
                    badRequests: metrics.serving(servingMetrics.badRequests),
                    failures: metrics.serving(servingMetrics.failures),
                },
            },
            ...failureRate,
            threshold: 5,
        },
        {
            id: "latency",
            says: `The average latency of recommendations is ${slowMilliseconds} ms or more for 15 minutes`,
            // Use the average, because Personalize documents no percentiles of the latency (Developer Guide,
            // "Monitoring with CloudWatch").
            watches: { metric: metrics.serving(servingMetrics.latency), statistic: "Average" },
            calls: "at or above",
            threshold: slowMilliseconds,
            period: minutes5,
            datapoints: { of: 3, needed: 3 },
            missing: "notBreaching",
        },
        {
            id: "import-failed",
            says: "A dataset import job of the stack failed",
            watches: { expression: jobErrors(place, jobMetrics.importErrors), sums: {} },
            ...anyFailure,
        },
        {
            id: "training-failed",
            says: "A training of the stack's solution failed; the campaign keeps serving the previous version",
            watches: { expression: jobErrors(place, jobMetrics.trainingErrors), sums: {} },
            ...anyFailure,
        },
        {
            id: "stale-data",
            says: `The last import of interactions is more than ${staleHours / 24} days old; after three months, filters forget users`,
            watches: own(ownMetrics.dataAge),
            calls: "above",
            threshold: staleHours,
            ...ofPublisher,
        },
        {
            id: "quality-drop",
            says: `The live solution version's NDCG@10 is more than ${settings.maximumNdcgDrop} % below the previous version's`,
            watches: own(ownMetrics.ndcgDrop),
            calls: "above",
            threshold: settings.maximumNdcgDrop,
            ...ofPublisher,
        },
        {
            id: "idle",
            says: `The campaign had no requests for ${settings.idleHours} hours, and it is billed`,
            watches: own(ownMetrics.idleHours),
            calls: "at or above",
            threshold: settings.idleHours,
            period: hour,
            datapoints: once,
            // A missing campaign is not idle; a failing cost guard has its own alarm.
            missing: "notBreaching",
        },
        {
            id: "cost",
            says: `This month's cost of campaigns, batch inference and requests is near the limit of $${settings.monthlyLimitUsd}; at the limit the cost guard parks the campaign`,
            watches: own(ownMetrics.monthSpend),
            calls: "at or above",
            threshold: Math.round(nearLimit * settings.monthlyLimitUsd * 100) / 100,
            period: hour,
            datapoints: once,
            // The spend does not fall while the cost guard publishes nothing.
            missing: "ignore",
        },
        ...(place.apiName === undefined ? [] : servingAlarms(place, settings)),
    ];
}

/** Returns the alarms of a stack with sample names and limits, to count them. */
const samples = (stack: ObservedStack): readonly Alarm[] => [
    failuresAlarm(""),
    ...selectAlarms(
        {
            stack: "",
            campaignArn: "",
            datasetGroupArn: "",
            solutionArn: "",
            apiName: stack.api ? "" : undefined,
        },
        { idleHours: 1, monthlyLimitUsd: 1, maximumNdcgDrop: 1, requestsPerSecond: 1, eventsPerSecond: 1 },
        stack,
    ),
];

/** IDs of all alarms that a stack can have. */
export const alarmIds: readonly string[] = samples({ api: true }).map(({ id }) => id);

/** Returns the number of alarms of a stack. */
export const alarmCount = (stack: ObservedStack): number => samples(stack).length;

/**
 * Returns the number of metrics of all alarms of a stack, because CloudWatch bills an alarm for each metric of its
 * expression. It bills a Metrics Insights query for the metrics that the query analyzes, here those of one job at a
 * time.
 */
export const countAlarmMetrics = (stack: ObservedStack): number =>
    samples(stack).reduce(
        (sum, { watches }) => sum + ("sums" in watches ? Math.max(1, Object.keys(watches.sums).length) : 1),
        0,
    );
