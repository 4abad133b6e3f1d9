import { type CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { ownMetrics, ownNamespace } from "../../../config/metrics.ts";
import type { Gauges } from "../../../cost/decide.ts";

/** Publishes what the guard reckoned; what it does not know it does not publish. */
export async function publishGauges(client: CloudWatchClient, stack: string, gauges: Gauges): Promise<void> {
    const values: readonly [string, number | undefined][] = [
        [ownMetrics.monthSpend, gauges.monthSpendUsd],
        [ownMetrics.hourlyCost, gauges.hourlyUsd],
        [ownMetrics.idleHours, gauges.idleHours],
    ];
    const MetricData = values.flatMap(([MetricName, Value]) =>
        Value === undefined ? [] : [{ MetricName, Value, Dimensions: [{ Name: "Stack", Value: stack }] }],
    );
    await client.send(new PutMetricDataCommand({ Namespace: ownNamespace, MetricData }));
}
