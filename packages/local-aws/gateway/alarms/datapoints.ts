import type { CloudWatchClient, MetricAlarm, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { computePeriods, periodOf } from "./evaluate.ts";
import { insights, isInsightsQuery } from "./insights.ts";
import { metricMath } from "./metric-math.ts";
import type { ReadMetrics } from "./metric-reads.ts";
import type { Series } from "./series.ts";

const ofTheMetric = "metric";

/**
 * Reads the datapoints of an alarm in its evaluated periods and in the current period. The data comes from the alarm's
 * metric with exactly its dimensions, or from the query that returns data.
 * @throws Error for unsupported metric math, and unless exactly one query returns data
 */
export async function fetchDatapoints(
    client: CloudWatchClient,
    read: ReadMetrics,
    alarm: MetricAlarm,
    now: number,
): Promise<Series> {
    const queries = queriesOf(alarm);
    const { whole, running } = computePeriods(alarm, now);
    const [from, to] = [whole[0] ?? running, running + periodOf(alarm)];
    // Also read queries whose ReturnData is false, because expressions use their data.
    const metrics = queries.filter(({ MetricStat }) => MetricStat);
    const fetched = new Map(metrics.length === 0 ? [] : await read(metrics, from, to));
    for (const { Id = "", Expression = "" } of queries.filter(({ Expression }) => isInsightsQuery(Expression))) {
        fetched.set(Id, await insights(client, read, Expression, { period: periodOf(alarm) / 1000, from, to }));
    }
    const [returned, ...others] = queries.filter(({ ReturnData }) => ReturnData !== false);
    if (!returned || others.length > 0) {
        throw new Error(`alarm ${alarm.AlarmName}: exactly one of its metric queries must return data`);
    }
    // Include the current period only if it already has data; otherwise FILL would add a value to a period that has not
    // ended.
    const isRunning = [...fetched.values()].some((series) => series.has(running));
    const { Id = "", Expression } = returned;
    return Expression === undefined || isInsightsQuery(Expression)
        ? (fetched.get(Id) ?? new Map())
        : metricMath(Expression, fetched, isRunning ? [...whole, running] : whole);
}

function queriesOf(alarm: MetricAlarm): readonly MetricDataQuery[] {
    if (alarm.Metrics && alarm.Metrics.length > 0) {
        return alarm.Metrics;
    }
    const { Namespace, MetricName, Dimensions, ExtendedStatistic, Statistic, Unit } = alarm;
    const Stat = ExtendedStatistic ?? Statistic;
    const MetricStat = { Metric: { Namespace, MetricName, Dimensions }, Period: periodOf(alarm) / 1000, Stat, Unit };
    return [{ Id: ofTheMetric, MetricStat }];
}
