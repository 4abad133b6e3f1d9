import { campaignPhase, deployed } from "../control/campaigns.ts";
import { findDataset, trainedColumns } from "../control/datasets.ts";
import type { CampaignProperties, RecommenderProperties, TrainingDataConfig } from "../control/properties.ts";
import { findUseCase, type UseCase } from "../control/recipes.ts";
import { currentConfig, recommenderPhase } from "../control/recommenders.ts";
import { type Call, modelDir } from "../control/resources.ts";
import { findTrendInterval, toEventChoice } from "../control/solution-config.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import { isUpdating } from "../control/updates.ts";
import { invalidInput, notFound } from "../errors.ts";
import { weighing } from "../model/event-choice.ts";
import { loadModel, type Model } from "../model/model.ts";
import { type Exploration, toExploration } from "./explore.ts";
import { findMetadataSource, type MetadataSource } from "./metadata.ts";

/** A trained model with data of its solution or recommender. */
export interface Trained {
    model: Model;
    datasetGroupArn: string;
    /** ID of the interactions dataset, whose streamed events extend the histories; undefined if it was deleted. */
    interactions: number | undefined;
    /** Returns the weight of an event, by type and value; undefined if the solution does not count the event. */
    weightOf: ReturnType<typeof weighing>;
    /** Columns of interactions that a request's context may have. */
    contextColumns: readonly string[];
    /** Length in seconds of the intervals of aws-trending-now; undefined for other recipes. */
    trendInterval?: number | undefined;
    /** The use case of a recommender. */
    useCase?: UseCase;
}

export type TargetKind = "campaign" | "recommender";

interface Served {
    /** A campaign or a recommender. */
    target: Resource<object>;
    trained: Trained;
    exploration?: Exploration | undefined;
    /** The source of item metadata; undefined if metadata is not enabled. */
    metadata?: MetadataSource | undefined;
    /** Minimum provisioned transactions per second. */
    transactionsPerSecond: number;
    /** Time until which this cached entry is valid, in epoch milliseconds. */
    until: number;
}

/**
 * Milliseconds for which the entry of a campaign or recommender is cached if it can change without a call: during an
 * update, or with `syncWithLatestSolutionVersion`.
 */
const briefly = 1000;

/**
 * Finds the model of a campaign or recommender. Keeps used models in memory, so that a recommendation does not wait for
 * the disk.
 */
export function createCampaignModels() {
    const served = new Map<string, Served>();
    const models = new Map<number, Model>();

    const loadCachedModel = (call: Call, { id }: { id: number }): Model => {
        const model = models.get(id) ?? loadModel(modelDir(call.options.dataDir, id));
        models.set(id, model);
        return model;
    };

    const common = (call: Call, resource: { id: number }, datasetGroupArn: string, config?: TrainingDataConfig) => ({
        contextColumns: trainedColumns(call.store, call.region, datasetGroupArn, "INTERACTIONS", config).map(
            ({ name }) => name,
        ),
        model: loadCachedModel(call, resource),
        datasetGroupArn,
        interactions: findDataset(call.store, call.region, datasetGroupArn, "INTERACTIONS")?.id,
    });

    const trainedOf = (call: Call, version: Resource<VersionProperties>): Trained => {
        const { datasetGroupArn, solutionConfig } = version.properties;
        return {
            ...common(call, version, datasetGroupArn, solutionConfig?.trainingDataConfig),
            weightOf: weighing(toEventChoice(version.properties)),
            trendInterval: findTrendInterval(version.properties),
        };
    };

    const ofRecommender = (call: Call, recommender: Resource<RecommenderProperties>) => {
        const { recipeArn } = recommender.properties;
        const config = currentConfig(call, recommender);
        const useCase = findUseCase(recipeArn);
        if (!useCase) throw new Error(`The recipe ${recipeArn} belongs to no use case.`);
        return {
            config,
            trained: {
                ...common(call, recommender, recommender.parent ?? "", config?.trainingDataConfig),
                weightOf: weighing({ eventType: useCase.required }),
                trendInterval: findTrendInterval({ recipeArn: useCase.recipeName }),
                useCase,
            },
            perSecond: config?.minRecommendationRequestsPerSecond ?? 1,
            changes: false,
        };
    };

    const ofCampaign = (call: Call, campaign: Resource<CampaignProperties>) => {
        const { solutionVersionArn, campaignConfig: config, minProvisionedTPS: perSecond } = deployed(call, campaign);
        const version = call.store.find<VersionProperties>(call.region, solutionVersionArn);
        if (!version) throw invalidInput(`The solution version of the campaign is gone: ${solutionVersionArn}`);
        const changes = config?.syncWithLatestSolutionVersion === true;
        return { config, trained: trainedOf(call, version), perSecond, changes };
    };

    const look = (call: Call, kind: TargetKind, arn: string): Served => {
        const target = call.store.find<CampaignProperties & RecommenderProperties>(call.region, arn);
        const phase = kind === "campaign" ? campaignPhase : recommenderPhase;
        const status = target?.kind === kind ? phase(call, target).status : "GONE";
        if (!target || status === "GONE") throw notFound(kind, arn, 404);
        if (status !== "ACTIVE") throw invalidInput(`The ${kind} ${arn} is ${status}; it answers once it is ACTIVE.`);
        const { config, trained, perSecond, changes } = (kind === "campaign" ? ofCampaign : ofRecommender)(
            call,
            target,
        );
        // Recipes of version 2 have metadata by default (Developer Guide, "Item metadata in recommendations").
        const isShown = config?.enableMetadataWithRecommendations || trained.model.recipeName.endsWith("-v2");
        return {
            target,
            trained,
            exploration: toExploration(config?.itemExplorationConfig),
            metadata: isShown ? findMetadataSource(call, trained.datasetGroupArn) : undefined,
            transactionsPerSecond: Math.max(1, perSecond),
            until: changes || isUpdating(call, target) ? call.now + briefly : Number.POSITIVE_INFINITY,
        };
    };

    return {
        /** Returns the model of a trained solution version. */
        trainedOf,
        /**
         * Returns the campaign or recommender and its model. Throws ResourceNotFoundException if no resource of this
         * kind has the ARN, and InvalidInputException when it has never been ACTIVE.
         */
        deployedOn(call: Call, kind: TargetKind, arn: string): Served {
            const key = `${call.region} ${kind} ${arn}`;
            const cached = served.get(key);
            if (cached && call.now < cached.until) return cached;
            const current = look(call, kind, arn);
            served.set(key, current);
            return current;
        },
        /** Drops cached entries and models. Call this when a resource may have changed. */
        forget() {
            served.clear();
            models.clear();
        },
    };
}
