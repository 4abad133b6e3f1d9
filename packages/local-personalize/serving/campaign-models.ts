import { campaignPhase, deployed, isUpdating } from "../control/campaigns.ts";
import { datasetOf, trainedColumns } from "../control/datasets.ts";
import type { CampaignProperties, RecommenderProperties, TrainingDataConfig } from "../control/properties.ts";
import { currentConfig, isUpdating as isUpdatingRecommender, recommenderPhase } from "../control/recommenders.ts";
import { type Call, modelDir } from "../control/resources.ts";
import { eventChoiceOf, trendIntervalOf } from "../control/solution-config.ts";
import type { VersionProperties } from "../control/solution-versions.ts";
import type { Resource } from "../control/store.ts";
import { type UseCase, useCaseOf } from "../control/use-cases.ts";
import { invalidInput, ServiceError } from "../errors.ts";
import { weighing } from "../model/event-choice.ts";
import { loadModel, type Model } from "../model/model.ts";
import { type Exploration, explorationOf } from "./explore.ts";
import { type MetadataSource, metadataSourceOf } from "./metadata.ts";
import { unknownCampaign } from "./recommend.ts";

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
    transactionsPerSecond?: number;
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

    const modelOf = (call: Call, { id }: { id: number }): Model => {
        const model = models.get(id) ?? loadModel(modelDir(call.options.dataDir, id));
        models.set(id, model);
        return model;
    };

    const interactionsOf = (call: Call, groupArn: string) =>
        datasetOf(call.store, call.region, groupArn, "INTERACTIONS")?.id;

    const contextColumnsOf = (call: Call, groupArn: string, config?: TrainingDataConfig) =>
        trainedColumns(call.store, call.region, groupArn, "INTERACTIONS", config).map(({ name }) => name);

    const trainedOf = (call: Call, version: Resource<VersionProperties>): Trained => {
        const { datasetGroupArn, solutionConfig } = version.properties;
        return {
            contextColumns: contextColumnsOf(call, datasetGroupArn, solutionConfig?.trainingDataConfig),
            model: modelOf(call, version),
            datasetGroupArn,
            interactions: interactionsOf(call, datasetGroupArn),
            weightOf: weighing(eventChoiceOf(version.properties)),
            trendInterval: trendIntervalOf(version.properties),
        };
    };

    const lookRecommender = (call: Call, arn: string): Served => {
        const recommender = call.store.find<RecommenderProperties>(call.region, arn);
        const status = recommender ? recommenderPhase(call, recommender).status : "GONE";
        if (recommender?.kind !== "recommender" || status === "GONE") {
            throw new ServiceError("ResourceNotFoundException", `The given recommender does not exist: ${arn}`, 404);
        }
        if (status !== "ACTIVE")
            throw invalidInput(`The recommender ${arn} is ${status}; it answers once it is ACTIVE.`);
        const { recipeArn } = recommender.properties;
        const recommenderConfig = currentConfig(call, recommender);
        const useCase = useCaseOf(recipeArn);
        if (!useCase) throw new Error(`The recipe ${recipeArn} belongs to no use case.`);
        const datasetGroupArn = recommender.parent ?? "";
        const trained: Trained = {
            contextColumns: contextColumnsOf(call, datasetGroupArn, recommenderConfig?.trainingDataConfig),
            model: modelOf(call, recommender),
            datasetGroupArn,
            interactions: interactionsOf(call, datasetGroupArn),
            weightOf: weighing({ eventType: useCase.required }),
            trendInterval: trendIntervalOf({ recipeArn: useCase.recipeName }),
            useCase,
        };
        const isShown = recommenderConfig?.enableMetadataWithRecommendations;
        const metadata = isShown ? metadataSourceOf(call, datasetGroupArn) : undefined;
        const exploration = explorationOf(recommenderConfig?.itemExplorationConfig);
        const transactionsPerSecond = Math.max(1, recommenderConfig?.minRecommendationRequestsPerSecond ?? 1);
        const until = isUpdatingRecommender(call, recommender) ? call.now + briefly : Number.POSITIVE_INFINITY;
        return { target: recommender, trained, exploration, metadata, transactionsPerSecond, until };
    };

    const look = (call: Call, campaignArn: string): Served => {
        const campaign = call.store.find<CampaignProperties>(call.region, campaignArn);
        const status = campaign && campaignPhase(call, campaign).status;
        if (campaign?.kind !== "campaign" || status === "GONE") throw unknownCampaign(campaignArn);
        if (status !== "ACTIVE")
            throw invalidInput(`The campaign ${campaignArn} is ${status}; it answers once it is ACTIVE.`);
        const { solutionVersionArn, campaignConfig, minProvisionedTPS } = deployed(call, campaign);
        const version = call.store.find<VersionProperties>(call.region, solutionVersionArn);
        if (!version) throw invalidInput(`The solution version of the campaign is gone: ${solutionVersionArn}`);
        const changing = isUpdating(call, campaign) || campaignConfig?.syncWithLatestSolutionVersion;
        const until = changing ? call.now + briefly : Number.POSITIVE_INFINITY;
        const exploration = explorationOf(campaignConfig?.itemExplorationConfig);
        const transactionsPerSecond = Math.max(1, minProvisionedTPS);
        const trained = trainedOf(call, version);
        // Recipes of version 2 have metadata by default (Developer Guide, "Item metadata in recommendations").
        const isShown = campaignConfig?.enableMetadataWithRecommendations || trained.model.recipeName.endsWith("-v2");
        const metadata = isShown ? metadataSourceOf(call, trained.datasetGroupArn) : undefined;
        return { target: campaign, trained, exploration, metadata, transactionsPerSecond, until };
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
            const current = kind === "recommender" ? lookRecommender(call, arn) : look(call, arn);
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
