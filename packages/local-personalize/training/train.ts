import type { UserEvent } from "../events/streams.ts";
import { interactionsOf, loadRows, withEvents } from "../importing/rows.ts";
import type { CatalogueItem } from "../model/catalogue.ts";
import { chosenTypes, type EventChoice } from "../model/event-choice.ts";
import type { Interactions } from "../model/interactions.ts";
import { type Measurement, solutionMetrics } from "../model/metrics.ts";
import { saveModel } from "../model/model.ts";
import { segmentMetrics } from "../model/segment-metrics.ts";
import { trainModel } from "../model/train.ts";
import { trendAccuracy } from "../model/trends.ts";
import { type CatalogueSource, readCatalogue } from "./read-catalogue.ts";

/** The input of a training. It is copied into the worker thread, so it is plain data. */
export interface TrainingTask {
    rowsFile: string;
    /** Streamed events, in addition to the imported rows. */
    streamed: { events: UserEvent[]; lastEvent: number };
    recipeName: string;
    /** The events to train on, and their weights. */
    choice: EventChoice;
    /** At least 1,000 events of this type are required; undefined: of the chosen ones. */
    required?: string | undefined;
    /** The Items dataset; undefined without one. */
    catalogue?: CatalogueSource | undefined;
    /** Seconds of the intervals of aws-trending-now. */
    trendInterval?: number | undefined;
    /** The folder for the model. */
    modelDir: string;
    /** Splits the users for the metrics: equal seeds give equal splits. */
    seed: string;
}

/**
 * The result: the service's failure reason, or the metrics in GetSolutionMetrics' form. The considered interactions
 * include those that an event type leaves out.
 */
export type TrainingResult =
    | { failure: string }
    | (Measured & { considered: number; items: { dense: number; sparse: number } });

/** Metrics in GetSolutionMetrics' form, and their margins where test users give one. */
export type Measured = Pick<Measurement, "metrics"> & Partial<Measurement>;

const fewestInteractions = 1000;
/** Developer Guide: the growth of the top 25 trending items is judged. */
const judgedTrends = 25;

/**
 * Trains and measures a model, and saves it in `modelDir`. It takes seconds of CPU, so the emulator uses a worker thread.
 */
export function train(task: TrainingTask): TrainingResult {
    const { recipeName, choice } = task;
    const rows = withEvents(loadRows(task.rowsFile), task.streamed.events);
    const interactions = interactionsOf(rows, choice);
    const types = task.required ?? chosenTypes(choice);
    const counted = task.required === undefined ? interactions : interactionsOf(rows, { eventType: task.required });
    if (types !== undefined && counted.timestamps.length < fewestInteractions) {
        return {
            failure: `Dataset has fewer than ${fewestInteractions} interactions after filtering by event type: ${types}`,
        };
    }
    try {
        const { lastEvent } = task.streamed;
        const catalogue = task.catalogue ? readCatalogue(task.catalogue) : [];
        const model = trainModel(interactions, recipeName, catalogue);
        const dense = model.dense ?? model.itemIds.length;
        const items = { dense, sparse: model.itemIds.length - dense };
        const measured = measure(task, interactions, catalogue);
        const gain = measured.fitted?.gain ?? model.gain;
        saveModel(task.modelDir, { ...model, gain, ...(lastEvent > 0 && { lastEvent }) });
        return { ...measured, considered: rows.timestamps.length, items };
    } catch (error) {
        // The model refuses data with the service's own words; any other error is a fault of the emulator.
        if (error instanceof Error && error.message.startsWith("Create failed.")) return { failure: error.message };
        throw error;
    }
}

function measure(
    { recipeName, seed, trendInterval }: TrainingTask,
    interactions: Interactions,
    catalogue: readonly CatalogueItem[],
): Measured {
    if (recipeName.endsWith("-affinity")) return { metrics: segmentMetrics(interactions, recipeName) };
    const measurement = solutionMetrics(interactions, recipeName, seed, catalogue);
    if (trendInterval === undefined) return measurement;
    const { items, itemIds, timestamps } = interactions;
    const events = Array.from(items, (item, row) => ({ itemId: itemIds[item] ?? "", timestamp: timestamps[row] ?? 0 }));
    const accuracy = trendAccuracy(events, trendInterval, judgedTrends);
    const metrics = { ...measurement.metrics, trend_prediction_accuracy: Math.round(accuracy * 1e4) / 1e4 };
    return { ...measurement, metrics };
}
