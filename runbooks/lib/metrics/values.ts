import type { MetricDatum } from "@aws-sdk/client-cloudwatch";
import { modelMetrics, ownMetrics } from "../../../core/config/metrics.ts";
import { decide } from "../../../core/cost/decide.ts";
import type { GuardConfig } from "../../../core/cost/guard-config.ts";
import { freshState } from "../../../core/cost/guard-state.ts";
import { usedTPS } from "../../../core/cost/spend.ts";
import { hour, minute } from "../../../core/cost/time.ts";
import { nameInArn } from "../../../core/operations/operation.ts";
import { judgedMetric } from "../../../core/operations/quality-gate.ts";
import type { StackObservation } from "./observe.ts";

/** One value of a metric. */
export interface MetricValue {
    readonly name: string;
    readonly value: number;
    /** Id of the solution version; undefined for a stack metric. */
    readonly version?: string;
}

/** Returns the start of the minute, so that a second run in the same minute publishes equal values. */
export const minuteStart = (now: number): number => Math.floor(now / minute) * minute;

/**
 * Returns the values to publish, named as in core/config/metrics.ts, without unknown ones. Calculates idle time and cost as
 * the cost guard does, from its state. Includes the month's spend only if the guard has recorded it.
 */
export function metricValues(observation: StackObservation, config: GuardConfig): MetricValue[] {
    const { now, campaign, requests, prefetched, guard, versions, importedAt } = observation;
    const { gauges } = decide(guard ?? freshState(now, campaign), now, config, {
        campaign: { found: campaign },
        requests,
        prefetched,
        kept: undefined,
        isAddressConfirmed: undefined,
        parked: undefined,
        solutions: undefined,
    });
    const values: readonly [string, number | undefined][] = [
        [ownMetrics.provisionedTPS, campaign?.minProvisionedTPS ?? 0],
        [ownMetrics.usedTPS, usedTPS(now, requests)],
        [ownMetrics.campaignAge, campaign && Math.max(0, now - campaign.createdAt) / hour],
        [ownMetrics.idleHours, gauges.idleHours],
        [ownMetrics.hourlyCost, gauges.hourlyUsd],
        [ownMetrics.monthSpend, guard && gauges.monthSpendUsd],
        [ownMetrics.dataAge, importedAt === undefined ? undefined : Math.max(0, now - importedAt) / hour],
        [ownMetrics.ndcgDrop, ndcgDrop(versions, campaign?.solutionVersionArn)],
    ];
    return [
        ...values.flatMap(([name, value]) => (value === undefined ? [] : [{ name, value }])),
        ...versions.flatMap(({ solutionVersionArn, metrics }) =>
            modelMetrics.flatMap((name) => {
                const value = metrics[name];
                return value === undefined ? [] : [{ name, value, version: nameInArn(solutionVersionArn) }];
            }),
        ),
    ];
}

/**
 * Compares NDCG@10 of the serving version and of the version trained before it, as the quality gate does. Returns by
 * how many percent the serving version is worse; 0 if it is not worse or no earlier version exists; undefined if
 * unknown.
 */
function ndcgDrop(versions: StackObservation["versions"], serving: string | undefined): number | undefined {
    const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === serving);
    const reached = versions[at]?.metrics[judgedMetric];
    const before = versions[at - 1]?.metrics[judgedMetric];
    if (reached === undefined) return undefined;
    return before === undefined || before === 0 ? 0 : Math.max(0, 100 * (1 - reached / before));
}

/**
 * Returns the values in the format of PutMetricData, all with the time `at`. A call accepts 1,000, more than the metrics of
 * the published versions.
 */
export const toMetricData = (values: readonly MetricValue[], stack: string, at: number): MetricDatum[] =>
    values.map(({ name, value, version }) => ({
        MetricName: name,
        Value: value,
        Timestamp: new Date(at),
        Dimensions: [
            { Name: "Stack", Value: stack },
            ...(version === undefined ? [] : [{ Name: "SolutionVersion", Value: version }]),
        ],
    }));
