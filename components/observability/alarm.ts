import type { StackMetric } from "./stack-metrics.ts";

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

/** Seconds. */
export const minutes5 = 300;
/** Every datapoint counts. */
export const once = { of: 1, needed: 1 };

/**
 * With fewer failures in five minutes, a percentage of the campaign's calls has no meaning. A minimum of calls would hide
 * an outage of a small campaign: most lists come from caches.
 */
export const enoughFailures = 3;

/** Why a missing datapoint of requests is not a failure. */
export const noRequests = "without requests CloudWatch has no datapoint";

/** Alarms on a percentage of failures: two of three periods are above the threshold. */
export const failureRate = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 2 },
    missing: "notBreaching",
    missingBecause: noRequests,
} as const;
