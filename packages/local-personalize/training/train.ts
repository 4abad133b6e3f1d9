import type { UserEvent } from "../events/streams.ts";
import { interactionsOf, loadRows, withEvents } from "../importing/rows.ts";
import { solutionMetrics } from "../model/metrics.ts";
import { saveModel } from "../model/model.ts";
import { trainModel } from "../model/train.ts";

/** What a training needs; it crosses into the worker thread, so it is plain data. */
export interface TrainingTask {
    rowsFile: string;
    /** What came by PutEvents, beside the imported rows. */
    streamed: { events: UserEvent[]; lastEvent: number };
    recipeName: string;
    /** Train on rows of this event type only. */
    eventType?: string;
    /** Where the model goes. */
    modelDir: string;
    /** Splits the users for the metrics: the same seed, the same split. */
    seed: string;
}

/**
 * How it ended: the service's failure reason; or the metrics as GetSolutionMetrics gives them, and how many interactions
 * were considered, which counts those that an event type leaves out too.
 */
export type TrainingResult = { failure: string } | { metrics: Record<string, number>; considered: number };

const fewestInteractions = 1000;

/** Trains, saves the model in `modelDir` and measures it. Takes seconds of CPU, so the emulator runs it in a worker. */
export function train(task: TrainingTask): TrainingResult {
    const { recipeName, eventType } = task;
    const rows = withEvents(loadRows(task.rowsFile), task.streamed.events);
    const interactions = interactionsOf(rows, eventType);
    if (eventType !== undefined && interactions.timestamps.length < fewestInteractions) {
        return {
            failure: `Dataset has fewer than ${fewestInteractions} interactions after filtering by event type: ${eventType}`,
        };
    }
    try {
        const { lastEvent } = task.streamed;
        saveModel(task.modelDir, { ...trainModel(interactions, recipeName), ...(lastEvent > 0 && { lastEvent }) });
        const metrics = solutionMetrics(interactions, recipeName, task.seed);
        return { metrics, considered: rows.timestamps.length };
    } catch (error) {
        // The model refuses data with the service's own words; anything else is a fault of the emulator.
        if (error instanceof Error && error.message.startsWith("Create failed.")) return { failure: error.message };
        throw error;
    }
}
