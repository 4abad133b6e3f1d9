import { findDataset, trainedColumns } from "../control/datasets.ts";
import { hpoCandidates } from "../control/hyperparameters.ts";
import type { RecommenderProperties } from "../control/properties.ts";
import { findUseCase } from "../control/recipes.ts";
import { modelDir, type Opened, rowsFile } from "../control/resources.ts";
import { findTrendInterval, isObjective, type SolutionConfig, toEventChoice } from "../control/solution-config.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import type { EventChoice } from "../model/event-choice.ts";
import type { FittedGain } from "../model/gain.ts";
import { inWorker, type TrainingTask } from "./in-worker.ts";
import type { Measured, TrainingResult } from "./train.ts";

const hour = 3_600_000;

/** The resource that is trained, and the configuration of the training. */
interface TrainingSubject {
    /** A solution version or a recommender. */
    resource: Resource<object>;
    datasetGroupArn: string;
    recipeName: string;
    choice: EventChoice;
    trendInterval: number | undefined;
    /** The solution's or recommender's configuration of the training. */
    config: SolutionConfig & { performHPO?: boolean };
    /** Seed that chooses the test users of the metrics. */
    seed: string;
}

/** Returns what a solution version trains. */
export function trainingOfVersion(version: Resource<VersionProperties>): TrainingSubject {
    const { recipeArn, datasetGroupArn, solutionConfig, performHPO } = version.properties;
    return {
        resource: version,
        datasetGroupArn,
        recipeName: recipeArn.slice(recipeArn.lastIndexOf("/") + 1),
        choice: toEventChoice(version.properties),
        trendInterval: findTrendInterval(version.properties),
        config: { ...solutionConfig, performHPO },
        // Use one seed for all versions of a solution. They then have the same test users, so their metrics differ
        // only because of the data.
        seed: version.arn.replace(/\/[^/]*$/, ""),
    };
}

/** Returns what a recommender trains: the model of its use case. */
export function trainingOfRecommender(recommender: Resource<RecommenderProperties>): TrainingSubject {
    const useCase = findUseCase(recommender.properties.recipeArn);
    if (!useCase) throw new Error(`The recipe of ${recommender.arn} belongs to no use case.`);
    const { recipeName, required } = useCase;
    const { trainingDataConfig } = recommender.properties.recommenderConfig ?? {};
    return {
        resource: recommender,
        datasetGroupArn: recommender.parent ?? "",
        recipeName,
        choice: { eventType: required },
        trendInterval: findTrendInterval({ recipeArn: recipeName }),
        config: { ...(trainingDataConfig && { trainingDataConfig }) },
        seed: recommender.arn,
    };
}

/** Trains a solution version or recommender in a worker thread. When `signal` aborts, the worker ends at once. */
export async function runTraining(
    { options, store, events, streams }: Opened,
    { resource, datasetGroupArn, config, ...subject }: TrainingSubject,
    signal: AbortSignal,
): Promise<Outcome> {
    const dataset = findDataset(store, resource.region, datasetGroupArn, "INTERACTIONS");
    if (!dataset) throw new Error(`The interactions dataset of ${resource.arn} does not exist any more.`);
    const items = findDataset(store, resource.region, datasetGroupArn, "ITEMS");
    // Measure real time, which does not change when the emulator's clock is advanced.
    const started = performance.now();
    const streamed = streams.forTraining(dataset.id);
    const { algorithmHyperParameters, featureTransformationParameters = {}, optimizationObjective, hpoConfig } = config;
    const columnsOf = (type: string) =>
        trainedColumns(store, resource.region, datasetGroupArn, type, config.trainingDataConfig);
    const task: TrainingTask = {
        ...subject,
        settings: {
            ...(algorithmHyperParameters && { hyperParameters: algorithmHyperParameters }),
            ...(isObjective(optimizationObjective) && { objective: optimizationObjective }),
        },
        featureTransformation: featureTransformationParameters,
        candidates: config.performHPO ? hpoCandidates(subject.recipeName, hpoConfig ?? {}) : [],
        contextColumns: columnsOf("INTERACTIONS").map(({ name }) => name),
        rowsFile: rowsFile(options.dataDir, dataset.id),
        streamed,
        catalogue: items && {
            rowsFile: rowsFile(options.dataDir, items.id),
            streamed: events.attributes(items.id),
            fields: columnsOf("ITEMS"),
        },
        modelDir: modelDir(options.dataDir, resource.id),
    };
    const result = await inWorker<TrainingResult>({ job: "train", task }, signal);
    const trainingHours = (performance.now() - started) / hour;
    const end = "failure" in result ? result.failure : `trained, ${sizeOf(result.items)},`;
    options.log(`${resource.arn}: ${end} in ${Math.round(trainingHours * 3600)} s`);
    if ("failure" in result) return result;
    options.log(`${resource.arn}: ${metricsLine(result)}`);
    if (result.fitted) options.log(`${resource.arn}: ${gainLine(result.fitted)}`);
    const { metrics, considered, tuned } = result;
    const tunedHPOParams = tuned && { algorithmHyperParameters: tuned };
    const { lastEvent } = streamed;
    const hours = Number(trainingHours.toFixed(5));
    return { properties: { metrics, considered, tunedHPOParams, lastEvent, trainingHours: hours } };
}

const sizeOf = ({ dense, sparse }: { dense: number; sparse: number }) =>
    sparse === 0 ? `${dense} items` : `${dense} items with full rows and ${sparse} with sparse ones`;

/** Formats the metrics as one line, each with its 95 % confidence interval over the test users. */
function metricsLine({ metrics, margins, testUsers }: Measured): string {
    const shown = Object.entries(metrics).map(([key, value]) => {
        const margin = margins?.[key];
        return margin === undefined ? `${key} ${value}` : `${key} ${value} ± ${margin}`;
    });
    return `metrics${testUsers === undefined ? "" : ` of ${testUsers} test users`}: ${shown.join(", ")}`;
}

/** Formats the gain, and how well the model predicts the test users' next items. */
function gainLine({ gain, users, perplexity, defaultPerplexity }: FittedGain): string {
    if (perplexity === undefined || defaultPerplexity === undefined) {
        return `scores are the affinities to the power of ${gain}, the default: ${users} test users are too few to fit the power`;
    }
    const shown = `perplexity of the next item ${perplexity.toFixed(1)}`;
    return `scores are the affinities to the power of ${gain}, fitted to ${users} test users: ${shown}, with the default power ${defaultPerplexity.toFixed(1)}`;
}
