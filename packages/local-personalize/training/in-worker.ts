import { once } from "node:events";
import { extname, join } from "node:path";
import { Worker } from "node:worker_threads";
import type { RawAttributes } from "filter-grammar";
import type { Field } from "../control/avro.ts";
import type { UserEvent } from "../events/streams.ts";
import type { EventChoice } from "../model/event-choice.ts";
import type { Settings } from "../model/hyperparameters.ts";
import type { TrainingSettings } from "../model/train.ts";

/** The Items dataset of a training, as plain data for the worker thread. */
export interface CatalogueSource {
    rowsFile: string;
    /** Items of PutItems, which replace imported ones. */
    streamed: [id: string, RawAttributes][];
    /** The columns that the solution trains on. */
    fields: Field[];
}

/** The input of a training. It is copied into the worker thread, so it is plain data. */
export interface TrainingTask {
    rowsFile: string;
    /** Streamed events, in addition to the imported rows. */
    streamed: { events: UserEvent[]; lastEvent: number };
    recipeName: string;
    /** The events to train on, and their weights. */
    choice: EventChoice;
    /** The Items dataset; undefined without one. */
    catalogue?: CatalogueSource | undefined;
    /** Columns of interactions that requests may give as their context. */
    contextColumns: string[];
    /** Length in seconds of the intervals of aws-trending-now. */
    trendInterval?: number | undefined;
    settings: TrainingSettings;
    featureTransformation: Settings;
    /** Hyperparameters that an optimization tries; empty without performHPO. */
    candidates: Settings[];
    /** The folder for the model. */
    modelDir: string;
    /** Seed that chooses the test users of the metrics. Equal seeds choose equal users. */
    seed: string;
}

/** The input of worker.ts. */
export interface Work {
    readonly job: "train" | "measure";
    readonly task: TrainingTask;
}

/**
 * Runs a job in a thread of its own, and returns its result. When `signal` aborts, the thread ends, and the function
 * throws an Error.
 */
export async function inWorker<Result>(work: Work, signal: AbortSignal): Promise<Result> {
    // worker.js in the built package, worker.ts in the sources.
    const worker = new Worker(join(import.meta.dirname, `worker${extname(import.meta.filename)}`), {
        workerData: work,
    });
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
