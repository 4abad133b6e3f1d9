import { findDataset } from "../control/datasets.ts";
import type { AttributionProperties } from "../control/metric-attributions.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import {
    type AttributedEvent,
    type AttributedValue,
    attributedValues,
    quarterHourStart,
} from "../metering/attribution.ts";
import type { ServiceMetrics } from "../metering/service-metrics.ts";
import type { DatasetContents } from "./dataset-contents.ts";

type Attribution = Resource<AttributionProperties>;

/**
 * Age in milliseconds from which an event is not sent to CloudWatch (Developer Guide, "Guidelines and requirements").
 */
const oldestForCloudWatch = 14 * 86_400_000;

/** Maximum milliseconds that the time of a datapoint may be in the future (CloudWatch API, PutMetricData). */
const aheadForCloudWatch = 7_200_000;

export type Attributions = ReturnType<typeof createAttributions>;

/** Finds the metric attributions of dataset groups, and publishes the values of their metrics. */
export function createAttributions(contents: DatasetContents, metrics: ServiceMetrics) {
    const attributions = new Map<string, Attribution | undefined>();

    /** Returns the ACTIVE metric attribution of a dataset group, if it has one. */
    const of = (call: Call, groupArn: string) => {
        if (!attributions.has(groupArn)) {
            const all = call.store.list<AttributionProperties>("metric-attribution", call.region, groupArn);
            attributions.set(groupArn, all[0]);
        }
        const attribution = attributions.get(groupArn);
        return attribution && computePhase(call, attribution).status === "ACTIVE" ? attribution : undefined;
    };

    /** Returns the values of events for the metrics of an attribution. */
    const values = (call: Call, attribution: Attribution, happened: readonly AttributedEvent[]) => {
        const { rows } = contents.attributes(findDataset(call.store, call.region, attribution.parent ?? "", "ITEMS"));
        return happened.flatMap((event) => attributedValues(call, attribution, event, rows));
    };

    /**
     * Publishes values to CloudWatch in the 15-minute periods of their events. Names of metrics and sources are in
     * upper case, and the dimensions have these names, as in AWS's notebook Measure_Impact_of_Recommendations.
     */
    const publish = ({ region, now }: Call, groupArn: string, values: readonly AttributedValue[]) => {
        for (const { metricName, source, value, timestamp } of values) {
            const age = now - timestamp * 1000;
            if (age >= oldestForCloudWatch || age < -aheadForCloudWatch) continue;
            const dimensions = { EventAttributionSource: source.toUpperCase(), DatasetGroupArn: groupArn };
            const metric = { region, name: metricName.toUpperCase(), unit: "Count" as const, dimensions };
            metrics.add(metric, value, quarterHourStart(timestamp) * 1000);
        }
    };

    return { of, values, publish, forget: () => attributions.clear() };
}
