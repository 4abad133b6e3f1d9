import { type Attributes, plainName } from "filter-grammar";
import { findDataset } from "../control/datasets.ts";
import { type AttributionProperties, summedColumn } from "../control/metric-attributions.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import type { DatasetContents } from "../serving/dataset-contents.ts";
import { recommendationMark } from "../serving/recommend.ts";

/** The fields of an event that metrics use. */
export interface AttributedEvent {
    itemId: string | null;
    eventType: string;
    /** Epoch seconds. */
    timestamp: number;
    eventValue: number | null;
    /** Other columns of the event by name, in upper case or in camel case. */
    columns: Record<string, unknown>;
}

/** The value of one event for one metric. */
export interface AttributedValue {
    metricName: string;
    eventType: string;
    function: "samplecount" | "sum";
    value: number;
    source: string;
    timestamp: number;
}

/** Returns the start of the 15 minutes in which a report counts an event; epoch seconds. */
const quarterHourStart = (timestamp: number): number => Math.floor(timestamp / 900) * 900;

const UNKNOWN_SOURCE = "SOURCE_NAME_UNDEFINED";

/**
 * Returns the values of an event for each metric of its event type (case-insensitive). The source is the event's
 * eventAttributionSource, otherwise the campaign or recommender of its recommendationId. Source: Developer Guide,
 * "Event metrics and attribution reports".
 */
function attributedValues(
    call: Call,
    attribution: Resource<AttributionProperties>,
    event: AttributedEvent,
    items: ReadonlyMap<string, Attributes>,
): AttributedValue[] {
    const columns = new Map(Object.entries(event.columns).map(([name, value]) => [plainName(name), value]));
    const wanted = attribution.properties.metrics.filter(
        ({ eventType }) => eventType.toLowerCase() === event.eventType.toLowerCase(),
    );
    if (wanted.length === 0) return [];
    const source =
        textOf(columns.get("EVENTATTRIBUTIONSOURCE")) ??
        sourceOf(call, attribution.parent ?? "", textOf(columns.get("RECOMMENDATIONID")));
    return wanted.flatMap(({ metricName, eventType, expression }): AttributedValue[] => {
        const summed = summedColumn(expression);
        const shared = { metricName, eventType, source: source ?? UNKNOWN_SOURCE, timestamp: event.timestamp };
        if (!summed) return [{ ...shared, function: "samplecount", value: 1 }];
        const name = plainName(summed.column);
        const value =
            summed.type === "ITEMS"
                ? [...(items.get(event.itemId ?? "") ?? [])].find(([column]) => plainName(column) === name)?.[1]
                : name === "EVENTVALUE"
                  ? event.eventValue
                  : columns.get(name);
        const number = value === null || value === undefined || value === "" ? Number.NaN : Number(value);
        return Number.isNaN(number) ? [] : [{ ...shared, function: "sum", value: number }];
    });
}

const textOf = (value: unknown) => (typeof value === "string" && value !== "" ? value : undefined);

/**
 * Returns the ARN of the campaign or recommender that returned a recommendation ID. The last characters of the ID
 * identify it.
 */
function sourceOf(call: Call, groupArn: string, recommendationId: string | undefined): string | undefined {
    if (recommendationId === undefined) return undefined;
    const solutions = call.store.list("solution", call.region, groupArn).map(({ arn }) => `${arn}/`);
    const campaigns = call.store
        .list<{ solutionVersionArn: string }>("campaign", call.region)
        .filter(({ properties }) => solutions.some((start) => properties.solutionVersionArn.startsWith(start)));
    const recommenders = call.store.list("recommender", call.region, groupArn);
    return [...campaigns, ...recommenders].find(({ arn }) => recommendationId.endsWith(recommendationMark(arn)))?.arn;
}

/**
 * Returns the report of an import as CSV: one sum for each metric, source and 15-minute period, the latest period
 * first.
 */
export function attributionReport(values: readonly AttributedValue[]): string {
    const sums = new Map<string, number>();
    for (const { metricName, eventType, function: name, source, timestamp, value } of values) {
        const key = JSON.stringify([metricName, eventType, name, source, quarterHourStart(timestamp)]);
        sums.set(key, (sums.get(key) ?? 0) + value);
    }
    const rows = [...sums].map(([key, sum]) => ({
        facts: JSON.parse(key) as [string, string, string, string, number],
        sum,
    }));
    rows.sort((a, b) => b.facts[4] - a.facts[4]);
    const lines = rows.map(({ facts: [metric, eventType, name, source, start], sum }) => {
        const shown = Number.isInteger(sum) ? sum.toFixed(1) : String(sum);
        return `${metric},${eventType},${shown},${name},${source},${start}\n`;
    });
    return `METRIC_NAME,EVENT_TYPE,VALUE,MATH_FUNCTION,EVENT_ATTRIBUTION_SOURCE,TIMESTAMP\n${lines.join("")}`;
}

type Attribution = Resource<AttributionProperties>;

export type Attributions = ReturnType<typeof createAttributions>;

/** Finds the metric attributions of dataset groups, and reports the values of their metrics. */
export function createAttributions(
    contents: DatasetContents,
    report?: (attribution: Attribution, values: readonly AttributedValue[]) => void,
) {
    return {
        /** Returns the ACTIVE metric attribution of a dataset group, if it has one. */
        of(call: Call, groupArn: string): Attribution | undefined {
            const [attribution] = call.store.list<AttributionProperties>("metric-attribution", call.region, groupArn);
            return attribution && computePhase(call, attribution).status === "ACTIVE" ? attribution : undefined;
        },
        /** Returns the values of events for the metrics of an attribution. */
        values(call: Call, attribution: Attribution, happened: readonly AttributedEvent[]): AttributedValue[] {
            const dataset = findDataset(call.store, call.region, attribution.parent ?? "", "ITEMS");
            const { rows } = contents.attributes(dataset);
            return happened.flatMap((event) => attributedValues(call, attribution, event, rows));
        },
        report,
    };
}
