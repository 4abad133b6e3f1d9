import type { UserEvent } from "../events/streams.ts";
import { interactionsOf, loadRows, withEvents } from "../importing/rows.ts";
import { chosenTypes, type EventChoice } from "../model/event-choice.ts";
import { solutionMetrics } from "../model/metrics.ts";
import { saveModel } from "../model/model.ts";
import { trainModel } from "../model/train.ts";

/** The input of a training. It is copied into the worker thread, so it is plain data. */
export interface TrainingTask {
    rowsFile: string;
    /** Streamed events, in addition to the imported rows. */
    streamed: { events: UserEvent[]; lastEvent: number };
    recipeName: string;
    /** The events to train on, and their weights. */
    choice: EventChoice;
    /** The folder for the model. */
    modelDir: string;
    /** Splits the users for the metrics: equal seeds give equal splits. */
    seed: string;
}

/**
 * The result: the service's failure reason; or the metrics in GetSolutionMetrics' form, and the number of considered
 * interactions, which includes those that an event type leaves out.
 */
export type TrainingResult = { failure: string } | { metrics: Record<string, number>; considered: number };

const fewestInteractions = 1000;

/**
 * Trains, saves the model in `modelDir` and measures it. It takes seconds of CPU, so the emulator uses a worker thread.
 */
export function train(task: TrainingTask): TrainingResult {
    const { recipeName, choice } = task;
    const rows = withEvents(loadRows(task.rowsFile), task.streamed.events);
    const interactions = interactionsOf(rows, choice);
    const types = chosenTypes(choice);
    if (types !== undefined && interactions.timestamps.length < fewestInteractions) {
        return {
            failure: `Dataset has fewer than ${fewestInteractions} interactions after filtering by event type: ${types}`,
        };
    }
    try {
        const { lastEvent } = task.streamed;
        saveModel(task.modelDir, { ...trainModel(interactions, recipeName), ...(lastEvent > 0 && { lastEvent }) });
        const metrics = solutionMetrics(interactions, recipeName, task.seed);
        return { metrics, considered: rows.timestamps.length };
    } catch (error) {
        // The model refuses data with the service's own words; any other error is a fault of the emulator.
        if (error instanceof Error && error.message.startsWith("Create failed.")) return { failure: error.message };
        throw error;
    }
}
