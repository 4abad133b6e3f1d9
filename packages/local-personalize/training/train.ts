import { availableParallelism } from "node:os";
import { loadAttributeRows, textOf } from "../importing/collectors.ts";
import { loadRows, type Rows, withEvents } from "../importing/rows.ts";
import type { CatalogueItem } from "../model/catalogue.ts";
import { chosenTypes, type EventChoice, weighing } from "../model/event-choice.ts";
import type { Interactions } from "../model/histories.ts";
import { type Settings, withinPercentiles } from "../model/hyperparameters.ts";
import { type Measurement, rounded, solutionMetrics } from "../model/metrics.ts";
import { saveModel } from "../model/model.ts";
import { segmentMetrics } from "../model/segment.ts";
import { trainModel } from "../model/train.ts";
import { trendAccuracy } from "../model/trends.ts";
import { type CatalogueSource, inWorker, type TrainingTask } from "./in-worker.ts";

/**
 * The result of a training: the service's failure reason, or the metrics as GetSolutionMetrics returns them.
 * `considered` is the number of interactions before any filter by event type. `tuned` are the hyperparameters that an
 * optimization chose.
 */
export type TrainingResult =
    | { failure: string }
    | (Measured & { considered: number; items: { dense: number; sparse: number }; tuned?: Settings });

/** Metrics as GetSolutionMetrics returns them, and their margins if they were measured on test users. */
export type Measured = Pick<Measurement, "metrics"> & Partial<Measurement>;

const fewestInteractions = 1000;
/**
 * Number of interactions below which the metrics are not measured in a second thread, because starting a thread takes
 * longer than the measurement.
 */
const FEWEST_MEASURED_BESIDE = 20_000;
/**
 * Number of interactions above which the metrics are not measured in a second thread, because a second copy of the
 * interactions takes too much memory.
 */
const MOST_MEASURED_BESIDE = 5_000_000;
/** Number of trending items whose growth is evaluated (Developer Guide: the top 25). */
const judgedTrends = 25;

/**
 * Trains and measures a model, and saves it in `modelDir`. It takes seconds of CPU time, so the emulator calls it in a
 * worker thread. If possible, the metrics are measured in a second thread at the same time.
 */
export async function train(task: TrainingTask): Promise<TrainingResult> {
    const { recipeName, choice } = task;
    const rows = loadTaskRows(task);
    const interactions = selectTaskInteractions(task, rows);
    const types = chosenTypes(choice);
    if (types !== undefined && interactions.timestamps.length < fewestInteractions) {
        return {
            failure: `Dataset has fewer than ${fewestInteractions} interactions after filtering by event type: ${types}`,
        };
    }
    const tuned = tunedSettings(task, interactions);
    const settings = { ...task.settings, hyperParameters: { ...task.settings.hyperParameters, ...tuned } };
    const end = new AbortController();
    const measuring = isMeasuredBeside(interactions.timestamps.length)
        ? inWorker<Measured>({ job: "measure", task: { ...task, settings } }, end.signal)
        : undefined;
    // Avoid an unhandled rejection: if the training fails, the result is the failure of the training.
    measuring?.catch(() => {});
    try {
        const { lastEvent } = task.streamed;
        const catalogue = readTaskCatalogue(task);
        const model = trainModel(interactions, recipeName, catalogue, settings);
        const dense = model.dense ?? model.itemIds.length;
        const items = { dense, sparse: model.itemIds.length - dense };
        const measured = (await measuring) ?? measureOn({ ...task, settings }, interactions, catalogue);
        const gain = measured.fitted?.gain ?? model.gain;
        saveModel(task.modelDir, { ...model, gain, ...(lastEvent > 0 && { lastEvent }) });
        return { ...measured, considered: rows.timestamps.length, items, ...(tuned && { tuned }) };
    } catch (error) {
        // The model rejects data with the service's own message. Any other error is a fault of the emulator.
        if (error instanceof Error && error.message.startsWith("Create failed.")) return { failure: error.message };
        throw error;
    } finally {
        end.abort();
    }
}

/** Returns the metrics of a training. A second thread calls it. */
export const measure = (task: TrainingTask): Measured =>
    measureOn(task, selectTaskInteractions(task, loadTaskRows(task)), readTaskCatalogue(task));

const loadTaskRows = ({ rowsFile, streamed, contextColumns }: TrainingTask) =>
    withEvents(loadRows(rowsFile), streamed.events, contextColumns);
const selectTaskInteractions = ({ choice, contextColumns, featureTransformation }: TrainingTask, rows: Rows) =>
    withinPercentiles(selectInteractions(rows, choice, contextColumns), featureTransformation);
const readTaskCatalogue = ({ catalogue, settings }: TrainingTask) =>
    catalogue ? readCatalogue(catalogue, settings.objective?.itemAttribute) : [];

/**
 * Returns the candidate with the best NDCG at 25 (of equal candidates the first); undefined without an optimization.
 */
function tunedSettings(task: TrainingTask, interactions: Interactions): Settings | undefined {
    const { candidates, recipeName, seed, settings } = task;
    if (candidates.length < 2) return candidates[0];
    const catalogue = readTaskCatalogue(task);
    const figures = candidates.map((hyperParameters) => {
        const candidateSettings = { ...settings, hyperParameters: { ...settings.hyperParameters, ...hyperParameters } };
        const { metrics } = solutionMetrics(interactions, recipeName, seed, catalogue, candidateSettings);
        return metrics.normalized_discounted_cumulative_gain_at_25 ?? 0;
    });
    return candidates[figures.indexOf(Math.max(...figures))];
}

const isMeasuredBeside = (interactions: number) =>
    availableParallelism() > 1 && interactions >= FEWEST_MEASURED_BESIDE && interactions <= MOST_MEASURED_BESIDE;

function measureOn(
    { recipeName, seed, trendInterval, settings }: TrainingTask,
    interactions: Interactions,
    catalogue: readonly CatalogueItem[],
): Measured {
    if (recipeName.endsWith("-affinity")) return { metrics: segmentMetrics(interactions, recipeName) };
    const measurement = solutionMetrics(interactions, recipeName, seed, catalogue, settings);
    if (trendInterval === undefined) return measurement;
    const { items, itemIds, timestamps } = interactions;
    const events = Array.from(items, (item, row) => ({ itemId: itemIds[item] ?? "", timestamp: timestamps[row] ?? 0 }));
    const accuracy = trendAccuracy(events, trendInterval, judgedTrends);
    return { ...measurement, metrics: { ...measurement.metrics, trend_prediction_accuracy: rounded(accuracy) } };
}

/** Returns the rows that a solution trains on, with their context columns. Omits users and items without such a row. */
function selectInteractions(rows: Rows, choice: EventChoice, contextColumns: readonly string[]): Interactions {
    const weightOf = weighing(choice);
    const weights = new Float64Array(rows.users.length);
    const chosen = new Uint32Array(rows.users.length);
    let count = 0;
    for (let row = 0; row < chosen.length; row++) {
        const eventType = rows.eventTypes[rows.events[row] as number] ?? "";
        const weight = weightOf(eventType, rows.values?.[row] ?? Number.NaN);
        if (weight === undefined) continue;
        weights[count] = weight;
        chosen[count++] = row;
    }
    const kept = chosen.subarray(0, count);
    const users = renumbered(rows.users, rows.userIds, kept);
    const items = renumbered(rows.items, rows.itemIds, kept);
    const contextOf = (name: string) => {
        const { words, numbers } = rows.extras?.[name] ?? { words: [""], numbers: new Int32Array(rows.users.length) };
        return [name, { words, numbers: Int32Array.from(kept, (row) => numbers[row] as number) }];
    };
    return {
        userIds: users.ids,
        itemIds: items.ids,
        users: users.numbers,
        items: items.numbers,
        timestamps: Float64Array.from(kept, (row) => rows.timestamps[row] as number),
        ...(choice.eventParameters && { weights: weights.slice(0, count) }),
        ...(contextColumns.length > 0 && { contexts: Object.fromEntries(contextColumns.map(contextOf)) }),
    };
}

/** Returns a column of the kept rows. Its IDs get new numbers, in the order of their first appearance in these rows. */
function renumbered(column: Int32Array, ids: readonly string[], kept: Uint32Array) {
    const numberOf = new Int32Array(ids.length).fill(-1);
    const names: string[] = [];
    const numbers = new Int32Array(kept.length);
    for (let at = 0; at < kept.length; at++) {
        const id = column[kept[at] as number] as number;
        if ((numberOf[id] as number) < 0) numberOf[id] = names.push(ids[id] ?? "") - 1;
        numbers[at] = numberOf[id] as number;
    }
    return { ids: names, numbers };
}

/**
 * Reads the attributes of items that models use: categorical values, the creation timestamp, and the attribute of the
 * solution's objective.
 */
function readCatalogue({ rowsFile, streamed, fields }: CatalogueSource, attribute?: string): CatalogueItem[] {
    const rows = loadAttributeRows(rowsFile);
    for (const [id, row] of streamed) rows.set(id, row);
    const categories = fields.filter(({ type, categorical }) => type === "string" && categorical);
    return [...rows].map(([itemId, row]) => {
        const words = categories.flatMap(({ name }) =>
            textOf(row, name)
                .split("|")
                .filter((value) => value !== "")
                .map((value) => `${name}=${value}`),
        );
        const created = textOf(row, "CREATION_TIMESTAMP");
        const reward = attribute === undefined ? "" : textOf(row, attribute);
        return {
            itemId,
            words,
            ...(created !== "" && { createdAt: Number(created) }),
            ...(reward !== "" && { reward: Number(reward) }),
        };
    });
}
