import type { EmulatorRequest, MetricValues, Speed } from "../contract.ts";
import { findDataset } from "../control/datasets.ts";
import type { EventTrackerProperties } from "../control/event-trackers.ts";
import { creationDurations, creationEnd, type Kind } from "../control/states.ts";
import type { Resource, Store } from "../control/store.ts";
import { toRecord } from "../wire/validate.ts";

const minuteMilliseconds = 60_000;

/** Minimum milliseconds between two reads of a metric, to limit the number of values to publish. */
const restMilliseconds = 5000;

/** Collects the service's own metrics in memory. */
export function createServiceMetrics() {
    let collected = new Map<string, MetricValues>();
    let takenAt = new Map<string, number>();

    return {
        add(metric: Pick<MetricValues, "region" | "name" | "unit" | "dimensions">, value: number, now: number): void {
            const minute = now - (now % minuteMilliseconds);
            const key = `${minute} ${seriesOf(metric)}`;
            const values = collected.get(key);
            if (!values) {
                collected.set(key, { ...metric, minute, count: 1, sum: value, minimum: value, maximum: value });
                return;
            }
            values.count++;
            values.sum += value;
            values.minimum = Math.min(values.minimum, value);
            values.maximum = Math.max(values.maximum, value);
        },
        /** Returns the collected values. `all` includes metrics that were read a moment ago. */
        take({ all = false } = {}): MetricValues[] {
            const now = performance.now();
            const before = takenAt;
            takenAt = new Map([...before].filter(([, at]) => now - at < restMilliseconds));
            const resting = new Set(all ? [] : takenAt.keys());
            const left = new Map<string, MetricValues>();
            const taken: MetricValues[] = [];
            for (const [key, values] of collected) {
                const name = seriesOf(values);
                if (resting.has(name)) left.set(key, values);
                else {
                    taken.push(values);
                    takenAt.set(name, now);
                }
            }
            collected = left;
            return taken;
        },
    };
}

export type ServiceMetrics = ReturnType<typeof createServiceMetrics>;

const seriesOf = ({ region, name, dimensions }: Pick<MetricValues, "region" | "name" | "dimensions">) =>
    `${region} ${name} ${Object.values(dimensions).join(" ")}`;

/** The names of an operation's metrics: of successful calls, of errors (a prefix), and of the latency. */
interface Names {
    readonly successes: string;
    readonly errors: string;
    readonly latency: string;
}

/** AWS's names of the metrics. PutEventLatency has no s after Event in AWS's documentation either. */
const names: Readonly<Record<string, Names>> = {
    GetRecommendations: of("GetRecommendations", "GetRecommendations"),
    GetPersonalizedRanking: of("GetPersonalizedRanking", "GetPersonalizedRanking"),
    PutEvents: { ...of("PutEventsRequests", "PutEvents"), latency: "PutEventLatency" },
    PutItems: of("PutItemsRequests", "PutItems"),
    PutUsers: of("PutUsersRequests", "PutUsers"),
};

function of(successes: string, errors: string): Names {
    return { successes, errors, latency: `${errors}Latency` };
}

/**
 * Counts runtime calls for the service's CloudWatch metrics: successful calls, their latency, and errors. The error
 * metrics have a value for each call, 1 for an error and otherwise 0 (developer guide, "CloudWatch metrics"). Calls for
 * a resource that does not exist are not counted.
 */
export function createCallMetrics(store: Store, metrics: ServiceMetrics) {
    let dimensionsByKey = new Map<string, Readonly<Record<string, string>>>();

    const dimensionsOf = ({ operation, region, body }: EmulatorRequest) => {
        const { campaignArn, trackingId, datasetArn } = toRecord(body);
        const subject = operation === "PutEvents" ? trackingId : (campaignArn ?? datasetArn);
        if (typeof subject !== "string") return undefined;
        const key = `${region} ${subject}`;
        const values = dimensionsByKey.get(key) ?? lookUp(store, region, subject);
        if (values) dimensionsByKey.set(key, values);
        return values;
    };

    return {
        observe(request: EmulatorRequest, status: number, milliseconds: number): void {
            const name = Object.hasOwn(names, request.operation) ? names[request.operation] : undefined;
            const dimensions = name && dimensionsOf(request);
            if (!dimensions) return;
            const { region } = request;
            const now = store.clock.now();
            const count = (metric: string, value: number) =>
                metrics.add({ region, name: metric, unit: "Count", dimensions }, value, now);
            if (status === 200) count(name.successes, 1);
            count(`${name.errors}4xxErrors`, status >= 400 && status < 500 ? 1 : 0);
            count(`${name.errors}5xxErrors`, status >= 500 ? 1 : 0);
            if (status === 200) {
                metrics.add({ region, name: name.latency, unit: "Milliseconds", dimensions }, milliseconds, now);
            }
        },
        /** Drops cached resources. Call this when a resource may have changed. */
        forget(): void {
            dimensionsByKey = new Map();
        },
    };
}

/**
 * Returns the metric dimensions of a campaign or dataset (`subject` is an ARN) or of an event tracker (a tracking ID).
 */
function lookUp(store: Store, region: string, subject: string): Record<string, string> | undefined {
    const resource = store.find(region, subject);
    if (resource?.kind === "campaign") return { CampaignArn: resource.arn };
    if (resource?.kind === "dataset") return { DatasetGroupArn: resource.parent ?? "", DatasetArn: resource.arn };
    const tracker = store
        .list<EventTrackerProperties>("event-tracker", region)
        .find(({ properties }) => properties.trackingId === subject);
    const dataset = tracker && findDataset(store, region, tracker.parent ?? "", "INTERACTIONS");
    return dataset && { DatasetGroupArn: tracker.parent ?? "", DatasetArn: dataset.arn, EventTrackerArn: tracker.arn };
}

/** Prefix of the metrics of each kind of job. Batch jobs have no metrics. */
const prefixes: Partial<Record<Kind, string>> = {
    "dataset-import-job": "DatasetImportJob",
    "solution-version": "SolutionTrainingJob",
};

/** Counts imports and trainings for the service's CloudWatch metrics. */
export function createJobMetrics(store: Store, speed: Speed, metrics: ServiceMetrics) {
    const createAdder = (job: Resource<object>) => {
        const prefix = prefixes[job.kind];
        const dimensions = dimensionsOf(store, job);
        return (name: string, unit: "Count" | "Seconds" | "Bytes", value: number) => {
            if (!prefix) return;
            const named = name.startsWith("Dataset") ? name : `${prefix}${name}`;
            metrics.add({ region: job.region, name: named, unit, dimensions }, value, store.clock.now());
        };
    };
    return {
        begun(job: Resource<object>): void {
            createAdder(job)("Requests", "Count", 1);
        },
        ended(job: Resource): void {
            const add = createAdder(job);
            add("Error", "Count", job.failure === null ? 0 : 1);
            if (job.failure !== null) return;
            const started = job.createdAt + creationDurations(job.kind, speed).pending;
            add("ExecutionTime", "Seconds", (creationEnd(job, speed) - started) / 1000);
            if (typeof job.properties.bytes === "number") add("DatasetSize", "Bytes", job.properties.bytes);
        },
    };
}

function dimensionsOf(store: Store, job: Resource<object>): Record<string, string> {
    const parent = job.parent ?? "";
    if (job.kind === "solution-version") return { SolutionArn: parent, SolutionVersionArn: job.arn };
    const group = store.find(job.region, parent)?.parent ?? "";
    return { DatasetGroupArn: group, DatasetArn: parent, DatasetImportJobArn: job.arn };
}
