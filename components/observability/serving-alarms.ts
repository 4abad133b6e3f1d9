import { gatewayMetrics, servingApiMetrics } from "../../core/config/metrics.ts";
import { type Alarm, type AlarmSettings, anyFailure, enoughFailures, failureRate, minutes5 } from "./alarm.ts";
import { type MetricSources, metricsOf } from "./stack-metrics.ts";

/** Minimum number of requests in five minutes: with fewer, a percentage has no meaning. */
const enoughRequests = 20;
/** Share of the allowed request rate that normal traffic does not exceed for long. */
const busyShare = 0.5;
const whileBusy = {
    calls: "above",
    period: minutes5,
    datapoints: { of: 3, needed: 3 },
    missing: "notBreaching",
} as const;

/** Returns the alarms on the API: on its failures, and on an unusually high use. */
export function servingAlarms(
    place: MetricSources,
    { requestsPerSecond, eventsPerSecond }: AlarmSettings,
): readonly Alarm[] {
    const { logged, gateway } = metricsOf(place);
    return [
        {
            // When the campaign fails, the API answers 200 from its tables; the campaign's own metrics do not count
            // timeouts.
            id: "campaign-failures",
            says: "More than 5 % of the API's calls of the campaign fail, so viewers get older or popular lists",
            watches: {
                expression: `IF(failures >= ${enoughFailures}, 100 * failures / calls, 0)`,
                sums: {
                    calls: logged(servingApiMetrics.campaignCalls),
                    failures: logged(servingApiMetrics.campaignFailures),
                },
            },
            ...failureRate,
            threshold: 5,
        },
        {
            // The API continues with the tables of another version, so nothing else shows the failure.
            id: "tables",
            says: "The API could not load the tables of the version that it serves, and continues with those of another one",
            watches: { metric: logged(servingApiMetrics.tablesFailures), statistic: "Maximum" },
            ...anyFailure,
        },
        {
            // The API can answer without a campaign, so every error is a fault of the API itself.
            id: "api-errors",
            says: "More than 1 % of the API's requests fail; the API should answer even without a campaign",
            watches: {
                expression: `IF(requests >= ${enoughRequests}, 100 * FILL(failures, 0) / requests, 0)`,
                sums: {
                    requests: gateway(gatewayMetrics.requests),
                    failures: gateway(gatewayMetrics.failures),
                },
            },
            ...failureRate,
            threshold: 1,
        },
        {
            id: "requests",
            says: `The API got more than ${100 * busyShare} % of the lists that it allows, for 15 minutes`,
            watches: {
                expression: `requests / ${minutes5}`,
                sums: { requests: gateway(gatewayMetrics.requests) },
            },
            ...whileBusy,
            threshold: busyShare * requestsPerSecond,
        },
        {
            id: "events",
            says: `The API took more than ${100 * busyShare} % of the events that it allows, for 15 minutes`,
            watches: { expression: `events / ${minutes5}`, sums: { events: logged(servingApiMetrics.events) } },
            ...whileBusy,
            threshold: busyShare * eventsPerSecond,
        },
    ];
}
