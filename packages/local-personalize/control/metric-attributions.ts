import { isNumeric, plainName } from "filter-grammar";
import { readBatchFolder } from "../batch/access.ts";
import { alreadyExists, invalidInput, limitExceeded } from "../errors.ts";
import { findFields } from "./datasets.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import {
    beginDelete,
    type Call,
    type Handler,
    need,
    needActive,
    type PageInput,
    paginate,
    requestedFailure,
} from "./resources.ts";

/** A metric of an attribution: a sum or a count over the events of a type. */
interface AttributionMetric {
    eventType: string;
    metricName: string;
    /** `SAMPLECOUNT()` or `SUM(Items.PRICE)`. */
    expression: string;
}

interface Output {
    s3DataDestination?: { path: string; kmsKeyArn?: string };
    roleArn: string;
}

export interface AttributionProperties {
    metrics: AttributionMetric[];
    metricsOutputConfig: Output;
}

const mostMetrics = 10;

/**
 * Returns the dataset type and column of a SUM expression; undefined for SAMPLECOUNT(). Throws InvalidInputException
 * for any other text.
 */
export function summedColumn(expression: string): { type: "ITEMS" | "INTERACTIONS"; column: string } | undefined {
    if (/^\s*SAMPLECOUNT\(\s*\)\s*$/i.test(expression)) return undefined;
    const [, type, column] = /^\s*SUM\(\s*(Items|Interactions)\.(\w+)\s*\)\s*$/i.exec(expression) ?? [];
    if (type && column) return { type: /^items$/i.test(type) ? "ITEMS" : "INTERACTIONS", column };
    throw invalidInput(
        `The expression ${expression} is not SAMPLECOUNT() or SUM(Items.<column>) or SUM(Interactions.<column>).`,
    );
}

/**
 * Throws InvalidInputException for equal metric names, for interactions without EVENT_TYPE (Developer Guide,
 * "Guidelines and requirements"), and for a SUM over a column that does not exist or is not numeric.
 */
function checkMetrics(call: Call, groupArn: string, metrics: AttributionMetric[]): void {
    const fieldsOf = (type: string) => findFields(call.store, call.region, groupArn, type);
    if (!fieldsOf("INTERACTIONS")?.some(({ name }) => name === "EVENT_TYPE"))
        throw invalidInput(`${groupArn} needs an Item interactions dataset with a column EVENT_TYPE.`);
    if (metrics.length > mostMetrics) throw limitExceeded(`A metric attribution has at most ${mostMetrics} metrics.`);
    if (new Set(metrics.map(({ metricName }) => metricName)).size < metrics.length) {
        throw invalidInput("Each metric of a metric attribution needs a metricName of its own.");
    }
    for (const { expression } of metrics) {
        const summed = summedColumn(expression);
        if (!summed) continue;
        const field = fieldsOf(summed.type)?.find(({ name }) => plainName(name) === plainName(summed.column));
        if (!field || !isNumeric(field.type))
            throw invalidInput(`${expression}: the dataset ${summed.type} has no numeric column of that name.`);
    }
}

const checkOutput = ({ s3DataDestination }: Output) => s3DataDestination && readBatchFolder(s3DataDestination.path);

const createAttribution = (call: Call, input: AttributionProperties & { datasetGroupArn: string }, add: Add) => {
    const { datasetGroupArn, metrics, metricsOutputConfig } = input;
    const group = needActive(call, "dataset-group", datasetGroupArn);
    checkMetrics(call, group.arn, metrics);
    checkOutput(metricsOutputConfig);
    // A dataset group has at most one metric attribution.
    const [other] = call.store.list("metric-attribution", call.region, group.arn);
    if (other) throw alreadyExists(other.arn);
    return add({ properties: { metrics, metricsOutputConfig } });
};

const needAttribution = (call: Call, arn: string | undefined) => {
    if (arn === undefined) throw invalidInput("A metricAttributionArn is required.");
    return need<AttributionProperties>(call, "metric-attribution", arn);
};

const updateAttribution: Handler = (
    call,
    input: {
        metricAttributionArn?: string;
        addMetrics?: AttributionMetric[];
        removeMetrics?: string[];
        metricsOutputConfig?: Output;
    },
) => {
    const { arn } = needAttribution(call, input.metricAttributionArn);
    const attribution = needActive<AttributionProperties>(call, "metric-attribution", arn);
    const { addMetrics = [], removeMetrics = [] } = input;
    const before = attribution.properties;
    const unknown = removeMetrics.find((name) => !before.metrics.some(({ metricName }) => metricName === name));
    if (unknown !== undefined) throw invalidInput(`${arn} has no metric ${unknown}.`);
    const metrics = [...before.metrics.filter(({ metricName }) => !removeMetrics.includes(metricName)), ...addMetrics];
    checkMetrics(call, attribution.parent ?? "", metrics);
    const metricsOutputConfig = input.metricsOutputConfig ?? before.metricsOutputConfig;
    checkOutput(metricsOutputConfig);
    call.store.save({ ...attribution, failure: requestedFailure(call), properties: { metrics, metricsOutputConfig } });
    return { metricAttributionArn: arn };
};

const listMetrics: Handler = (call, input: PageInput & { metricAttributionArn?: string }) => {
    const { metrics } = needAttribution(call, input.metricAttributionArn).properties;
    const listed = metrics.map((metric, id) => ({ id, metric }));
    const { page, ...token } = paginate(listed, input, `ListMetricAttributionMetrics ${input.metricAttributionArn}`);
    return { metrics: page.map(({ metric }) => metric), ...token };
};

export const attributionHandlers: Record<string, Handler> = {
    ...createKindHandlers("metric-attribution", {
        parent: "datasetGroupArn",
        create: createAttribution,
        remove: beginDelete,
    }),
    UpdateMetricAttribution: updateAttribution,
    ListMetricAttributionMetrics: listMetrics,
};
