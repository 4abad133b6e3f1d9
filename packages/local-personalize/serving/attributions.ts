import { datasetOf } from "../control/datasets.ts";
import type { AttributionProperties } from "../control/metric-attributions.ts";
import { type Call, phaseOf } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { type AttributedEvent, type AttributedValue, attributedValues, intervalOf } from "../metering/attribution.ts";
import type { ServiceMetrics } from "../metering/service-metrics.ts";
import type { DatasetContents } from "./dataset-contents.ts";

type Attribution = Resource<AttributionProperties>;

/** Milliseconds: CloudWatch gets only younger events (Developer Guide, "Guidelines and requirements"). */
const oldestForCloudWatch = 14 * 86_400_000;

/** Milliseconds that a datapoint may be ahead (CloudWatch API, PutMetricData). */
const aheadForCloudWatch = 7_200_000;

export type Attributions = ReturnType<typeof createAttributions>;

/** Finds the metric attributions of dataset groups, and publishes their values. */
export function createAttributions(contents: DatasetContents, metrics: ServiceMetrics) {
    const attributions = new Map<string, Attribution | undefined>();

    /** Returns the ACTIVE metric attribution of a dataset group, if it has one. */
    const of = (call: Call, groupArn: string) => {
        if (!attributions.has(groupArn)) {
            const all = call.store.list<AttributionProperties>("metric-attribution", call.region, groupArn);
            attributions.set(groupArn, all[0]);
        }
        const attribution = attributions.get(groupArn);
        return attribution && phaseOf(call, attribution).status === "ACTIVE" ? attribution : undefined;
    };

    /** Returns the values of events for a metric attribution. */
    const values = (call: Call, attribution: Attribution, happened: readonly AttributedEvent[]) => {
        const { rows } = contents.attributes(datasetOf(call.store, call.region, attribution.parent ?? "", "ITEMS"));
        return happened.flatMap((event) => attributedValues(call, attribution, event, rows));
    };

    /**
     * Publishes values to CloudWatch in the 15 minutes of their events. Metrics and sources have upper case there, and
     * the dimensions these names: AWS's notebook Measure_Impact_of_Recommendations reads them so.
     */
    const publish = ({ region, now }: Call, groupArn: string, values: readonly AttributedValue[]) => {
        for (const { metricName, source, value, timestamp } of values) {
            const age = now - timestamp * 1000;
            if (age >= oldestForCloudWatch || age < -aheadForCloudWatch) continue;
            const dimensions = { EventAttributionSource: source.toUpperCase(), DatasetGroupArn: groupArn };
            const metric = { region, name: metricName.toUpperCase(), unit: "Count" as const, dimensions };
            metrics.add(metric, value, intervalOf(timestamp) * 1000);
        }
    };

    return { of, values, publish, forget: () => attributions.clear() };
}
