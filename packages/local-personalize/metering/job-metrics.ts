import type { Speed } from "../contract.ts";
import { creationDurations, creationEnd, type Kind } from "../control/states.ts";
import type { Resource, Store } from "../control/store.ts";
import type { ServiceMetrics } from "./service-metrics.ts";

/** The prefix of the metrics of a kind of job; batch jobs have none. */
const prefixes: Partial<Record<Kind, string>> = {
    "dataset-import-job": "DatasetImportJob",
    "solution-version": "SolutionTrainingJob",
};

/** Counts imports and trainings like the service's metrics (reference sheet, section 9). */
export function createJobMetrics(store: Store, speed: Speed, metrics: ServiceMetrics) {
    const adderOf = (job: Resource<object>) => {
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
            adderOf(job)("Requests", "Count", 1);
        },
        ended(job: Resource): void {
            const add = adderOf(job);
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
