import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import type { StackConfig } from "../../config/config.ts";
import type { Alarm } from "./alarm.ts";
import type { StackMetric } from "./stack-metrics.ts";

/**
 * Creates a CloudWatch alarm that notifies only about the state ALARM. With notifications for the state OK, every new
 * alarm would send one.
 */
export function stackAlarm(
    name: string,
    alarm: Alarm,
    { names, tags }: Pick<StackConfig, "names" | "tags">,
    topicArn: pulumi.Input<string>,
    opts: pulumi.CustomResourceOptions,
): aws.cloudwatch.MetricAlarm {
    return new aws.cloudwatch.MetricAlarm(
        name,
        {
            name: `${names.alarmPrefix}-${alarm.id}`,
            alarmDescription: `${alarm.says}: docs/alarms.md#${alarm.id}`,
            ...watchedBy(alarm),
            comparisonOperator: alarm.calls === "above" ? "GreaterThanThreshold" : "GreaterThanOrEqualToThreshold",
            threshold: alarm.threshold,
            evaluationPeriods: alarm.datapoints.of,
            datapointsToAlarm: alarm.datapoints.needed,
            treatMissingData: alarm.missing,
            alarmActions: [topicArn],
            tags,
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
