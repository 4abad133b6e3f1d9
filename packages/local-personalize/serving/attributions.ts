import { datasetOf } from "../control/datasets.ts";
import type { AttributionProperties } from "../control/metric-attributions.ts";
import { type Call, phaseOf } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { type AttributedEvent, type AttributedValue, attributedValues } from "../metering/attribution.ts";
import type { ServiceMetrics } from "../metering/service-metrics.ts";
import type { DatasetContents } from "./dataset-contents.ts";

type Attribution = Resource<AttributionProperties>;

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

    /** Publishes values to CloudWatch. The names of the dimensions are a guess. */
    const publish = ({ region, now }: Call, groupArn: string, found: readonly AttributedValue[]) => {
        for (const { metricName: name, eventType, source, value } of found) {
            const dimensions = { DatasetGroupArn: groupArn, EVENT_TYPE: eventType, EVENT_ATTRIBUTION_SOURCE: source };
            metrics.add({ region, name, unit: "Count", dimensions }, value, now);
        }
    };

    return { of, values, publish, forget: () => attributions.clear() };
}
