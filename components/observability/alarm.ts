import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../core/config/config.ts";
import type { StackMetric } from "./stack-metrics.ts";

/** An alarm of the stack, with its metric and condition. */
export interface Alarm {
    /** Suffix of the alarm's name, and heading of its section in docs/alarms.md. */
    readonly id: string;
    /** Description of the alarm: one sentence, the first that the operator reads. */
    readonly says: string;
    readonly watches:
        | { readonly metric: StackMetric; readonly statistic: "Average" | "Maximum" }
        /** Metric math that names the metrics in `sums` by their IDs. Without `sums`, a Metrics Insights query. */
        | { readonly expression: string; readonly sums: Readonly<Record<string, StackMetric>> };
    readonly calls: "above" | "at or above";
    readonly threshold: number;
    /** Length of a period in seconds. */
    readonly period: number;
    /** Alarm condition: in `needed` of the last `of` periods, the value is too high. */
    readonly datapoints: { readonly of: number; readonly needed: number };
    /** What missing data means. Without requests, jobs or failures, CloudWatch has no datapoint. */
    readonly missing: "notBreaching" | "ignore" | "missing";
}

/** Thresholds that the configuration sets. */
export interface AlarmSettings {
    /** Hours. */
    readonly idleHours: number;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    /** Percent. */
    readonly maximumNdcgDrop: number;
    /** Rate limits of the API, in requests per second. */
    readonly requestsPerSecond: number;
    readonly eventsPerSecond: number;
}

/** Seconds. */
export const minutes5 = 300;
/** Condition that is true as soon as one datapoint is too high. */
export const once = { of: 1, needed: 1 };

/**
 * Minimum number of failures in five minutes. With fewer, a percentage of the campaign's calls has no meaning. A
 * minimum number of calls would hide the outage of a small campaign, because caches answer most requests.
 */
export const enoughFailures = 3;

/** Condition of alarms on a percentage of failures: two of three periods are above the threshold. */
export const failureRate = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 2 },
    missing: "notBreaching",
} as const;

/** Condition of alarms on a count of failures: one failure in five minutes. */
export const anyFailure = {
    calls: "above",
    threshold: 0,
    period: minutes5,
    datapoints: once,
    missing: "notBreaching",
} as const;

/**
 * Returns the address of a page of the documents for a reader who may have no clone, or the page's path in the clone. A
 * site shows the page `alarms` at `/alarms`, and GitHub at `/alarms.md`.
 */
export function docsAddress({ docsUrl }: Pick<StackConfig, "docsUrl">, page: "alarms" | "runbooks"): string {
    return `${docsUrl ?? "docs"}/${page}${docsUrl === undefined || docsUrl.includes("/blob/") ? ".md" : ""}`;
}

/**
 * Creates a CloudWatch alarm that notifies only about the state ALARM. With notifications for the state OK, every new
 * alarm would send one.
 */
export function stackAlarm(
    name: string,
    alarm: Alarm,
    config: Pick<StackConfig, "names" | "tags" | "docsUrl">,
    topicArn: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
        name,
        {
            name: `${config.names.alarmPrefix}-${alarm.id}`,
            alarmDescription: `${alarm.says}: ${docsAddress(config, "alarms")}#${alarm.id}`,
            ...watchedBy(alarm),
            comparisonOperator: alarm.calls === "above" ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold",
            threshold: alarm.threshold,
            evaluationPeriods: alarm.datapoints.of,
            datapointsToAlarm: alarm.datapoints.needed,
            treatMissingData: alarm.missing,
            alarmActions: [topicArn],
            tags: config.tags,
        },
        opts,
    );
}

function watchedBy({ watches, period }: Alarm) {
    if ("metric" in watches) {
        const { namespace, name, dimensions } = watches.metric;
        return { namespace, metricName: name, dimensions, statistic: watches.statistic, period };
    }
    const { expression, sums } = watches;
    const isQuery = Object.keys(sums).length === 0;
    return {
        metricQueries: [
            { id: "watched", expression, returnData: true, ...(isQuery && { period }) },
            ...Object.entries(sums).map(([id, metric]) => ({
                id,
                metric: { ...queried(metric), period, stat: "Sum" },
            })),
        ],
    };
}

const queried = ({ namespace, name, dimensions }: StackMetric) => ({ namespace, metricName: name, dimensions });
