import { availableParallelism } from "node:os";
import { interactionsOf, loadRows, withEvents } from "../importing/rows.ts";
import type { CatalogueItem } from "../model/catalogue.ts";
import { chosenTypes } from "../model/event-choice.ts";
import type { Interactions } from "../model/interactions.ts";
import { type Measurement, solutionMetrics } from "../model/metrics.ts";
import { saveModel } from "../model/model.ts";
import { segmentMetrics } from "../model/segment-metrics.ts";
import { trainModel } from "../model/train.ts";
import { trendAccuracy } from "../model/trends.ts";
import { inWorker, type TrainingTask } from "./in-worker.ts";
import { readCatalogue } from "./read-catalogue.ts";

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
/** Number of interactions below which the start of a thread takes longer than the measurement. */
const FEWEST_MEASURED_BESIDE = 20_000;
/** Number of interactions above which a second copy of them takes too much memory. */
const MOST_MEASURED_BESIDE = 5_000_000;
/** Number of trending items whose growth is evaluated (Developer Guide: the top 25). */
const judgedTrends = 25;

/**
 * Trains and measures a model, and saves it in `modelDir`. It takes seconds of CPU, so the emulator uses a worker thread.
 * A second processor measures at the same time, in a thread of this one.
 */
export async function train(task: TrainingTask): Promise<TrainingResult> {
    const { recipeName, choice } = task;
    const rows = rowsOf(task);
    const interactions = interactionsOf(rows, choice);
    const types = task.required ?? chosenTypes(choice);
    const counted = task.required === undefined ? interactions : interactionsOf(rows, { eventType: task.required });
    if (types !== undefined && counted.timestamps.length < fewestInteractions) {
        return {
            failure: `Dataset has fewer than ${fewestInteractions} interactions after filtering by event type: ${types}`,
        };
    }
    const end = new AbortController();
    const measuring = isMeasuredBeside(interactions.timestamps.length)
        ? inWorker<Measured>({ job: "measure", task }, end.signal)
        : undefined;
    // If the training failed, its failure is the result.
    measuring?.catch(() => {});
    try {
        const { lastEvent } = task.streamed;
        const catalogue = catalogueOf(task);
        const model = trainModel(interactions, recipeName, catalogue);
        const dense = model.dense ?? model.itemIds.length;
        const items = { dense, sparse: model.itemIds.length - dense };
        const measured = (await measuring) ?? measureOn(task, interactions, catalogue);
        const gain = measured.fitted?.gain ?? model.gain;
        saveModel(task.modelDir, { ...model, gain, ...(lastEvent > 0 && { lastEvent }) });
        return { ...measured, considered: rows.timestamps.length, items };
    } catch (error) {
        // The model rejects data with the service's own message. Any other error is a fault of the emulator.
        if (error instanceof Error && error.message.startsWith("Create failed.")) return { failure: error.message };
        throw error;
    } finally {
        end.abort();
    }
}

/** Returns the metrics of a training, for a parallel thread. */
export const measure = (task: TrainingTask): Measured =>
    measureOn(task, interactionsOf(rowsOf(task), task.choice), catalogueOf(task));

const rowsOf = ({ rowsFile, streamed }: TrainingTask) => withEvents(loadRows(rowsFile), streamed.events);
const catalogueOf = ({ catalogue }: TrainingTask) => (catalogue ? readCatalogue(catalogue) : []);

const isMeasuredBeside = (interactions: number) =>
    availableParallelism() > 1 && interactions >= FEWEST_MEASURED_BESIDE && interactions <= MOST_MEASURED_BESIDE;

function measureOn(
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
