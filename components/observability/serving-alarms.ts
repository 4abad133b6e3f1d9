import { gatewayMetrics, servingApiMetrics } from "../../core/config/metrics.ts";
import {
    type Alarm,
    type AlarmSettings,
    anyFailure,
    enoughFailures,
    failureRate,
    minutes5,
    noRequests,
} from "./alarm.ts";
import { gatewayMetric, loggedMetric, type MetricSources } from "./stack-metrics.ts";

/** Minimum number of requests in five minutes: with fewer, a percentage has no meaning. */
const enoughRequests = 20;

/**
 * Returns the alarm on the API's failed calls to the campaign. When the campaign fails, the API answers 200 from its
 * tables; the campaign's own metrics do not count timeouts.
 */
export const campaignFailures = (place: MetricSources): Alarm => ({
    id: "campaign-failures",
    says: "More than 5 % of the API's calls of the campaign fail, so viewers get older or popular lists",
    watches: {
        expression: `IF(failures >= ${enoughFailures}, 100 * failures / calls, 0)`,
        sums: {
            calls: loggedMetric(place, servingApiMetrics.campaignCalls),
            failures: loggedMetric(place, servingApiMetrics.campaignFailures),
        },
    },
    ...failureRate,
    threshold: 5,
});

/**
 * Returns the alarm on fallback tables that failed to load. The API continues with the tables of another version, so
 * nothing else shows the failure.
 */
export const tablesFailures = (place: MetricSources): Alarm => ({
    id: "tables",
    says: "The API could not load the tables of the version that it serves, and continues with those of another one",
    watches: { metric: loggedMetric(place, servingApiMetrics.tablesFailures), statistic: "Maximum" },
    ...anyFailure,
    missingBecause: "there is no datapoint without a failure",
});

/**
 * Returns the alarm on the API's errors. The API can answer without a campaign, so every error is a fault of the API
 * itself.
 */
export const apiErrors = (api: NonNullable<MetricSources["api"]>): Alarm => ({
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

/** Share of the allowed request rate that normal traffic does not exceed for long. */
const busyShare = 0.5;
const whileBusy = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 3 },
    missing: "notBreaching",
    missingBecause: noRequests,
} as const;

/** Returns the alarms on an unusually high use of the API. */
export const usageAlarms = (
    place: MetricSources,
    api: NonNullable<MetricSources["api"]>,
    { requestsPerSecond, eventsPerSecond }: AlarmSettings,
): readonly Alarm[] => [
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
        watches: {
            expression: `events / ${minutes5}`,
            sums: { events: loggedMetric(place, servingApiMetrics.events) },
        },
        ...whileBusy,
        threshold: busyShare * eventsPerSecond,
    },
];
