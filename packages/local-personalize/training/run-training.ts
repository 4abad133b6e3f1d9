import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { EmulatorOptions } from "../contract.ts";
import { modelDir, rowsFile } from "../control/resources.ts";
import { eventChoiceOf } from "../control/solution-config.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource, Store } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import type { Streams } from "../events/streams.ts";
import { hasV2Billing } from "../metering/cost.ts";
import type { Meter } from "../metering/meter.ts";
import type { TrainingResult, TrainingTask } from "./train.ts";

const hour = 3_600_000;

/** Does the work of a solution version in a worker thread. Aborting `signal` ends the worker at once. */
export async function runTraining(
    options: EmulatorOptions,
    store: Store,
    streams: Streams,
    meter: Meter,
    version: Resource<VersionProperties>,
    signal: AbortSignal,
): Promise<Outcome> {
    const { recipeArn, datasetGroupArn } = version.properties;
    const dataset = store
        .list("dataset", version.region, datasetGroupArn)
        .find(({ properties }) => properties.datasetType === "INTERACTIONS");
    if (!dataset) throw new Error(`The interactions dataset of ${version.arn} is gone.`);
    // The real duration, which moving the clock does not lengthen.
    const started = performance.now();
    const streamed = streams.forTraining(dataset.id);
    const result = await inWorker(
        {
            rowsFile: rowsFile(options.dataDir, dataset.id),
            streamed,
            recipeName: recipeArn.slice(recipeArn.lastIndexOf("/") + 1),
            choice: eventChoiceOf(version.properties),
            modelDir: modelDir(options.dataDir, version.id),
            // One seed for all versions of a solution: their metrics differ by the data, not by the draw.
            seed: version.arn.replace(/\/[^/]*$/, ""),
        },
        signal,
    );
    const trainingHours = (performance.now() - started) / hour;
    options.log(
        `${version.arn}: ${"failure" in result ? result.failure : "trained"} in ${Math.round(trainingHours * 3600)} s`,
    );
    if ("failure" in result) return result;
    const { lastEvent } = streamed;
    const properties = { metrics: result.metrics, trainingHours: Number(trainingHours.toFixed(5)), lastEvent };
    const used = hasV2Billing(recipeArn)
        ? { interactions: result.considered }
        : { trainingHours: properties.trainingHours };
    return { properties, commit: () => meter.trained(version, used) };
}

async function inWorker(task: TrainingTask, signal: AbortSignal): Promise<TrainingResult> {
    const worker = new Worker(new URL("./worker.ts", import.meta.url), { workerData: task });
    const stop = () => void worker.terminate();
    signal.addEventListener("abort", stop, { once: true });
    try {
        const [result] = await Promise.race([
            once(worker, "message"),
            once(worker, "exit").then(([code]) =>
                Promise.reject(new Error(`The training ended early, with code ${code}.`)),
            ),
        ]);
        return result;
    } finally {
        signal.removeEventListener("abort", stop);
        await worker.terminate();
    }
}
