import { inUse, invalidInput } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkMetadata, requireInteractions } from "./datasets.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { DatasetGroupProperties, RecommenderConfig, RecommenderProperties } from "./properties.ts";
import { findUseCase, needRecipe } from "./recipes.ts";
import { beginDelete, type Call, computePhase, type Handler, need, needActive } from "./resources.ts";
import { checkTrainingData } from "./solution-config.ts";
import { type Phase, type Status, updatePhaseAt } from "./states.ts";
import type { Resource } from "./store.ts";
import { beginUpdate, updateOf } from "./updates.ts";

type Recommender = Resource<RecommenderProperties>;

const createRecommender = (call: Call, input: RecommenderProperties & { datasetGroupArn: string }, add: Add) => {
    const { datasetGroupArn, ...properties } = input;
    const { recipeArn } = properties;
    const { domain } = needRecipe(call, recipeArn);
    const group = needActive<DatasetGroupProperties>(call, "dataset-group", datasetGroupArn);
    if (domain === undefined) {
        throw invalidInput(`The recipe ${recipeArn} is for solutions: a recommender takes a domain use case.`);
    }
    if (domain !== group.properties.domain) {
        throw invalidInput(`The use case ${recipeArn} is of the domain ${domain}, and ${group.arn} is not.`);
    }
    requireInteractions(call, group.arn);
    checkConfig(call, group.arn, recipeArn, input.recommenderConfig);
    return add({ properties });
};

function checkConfig(call: Call, groupArn: string, recipeArn: string, config: RecommenderConfig = {}): void {
    checkMetadata(call, config, groupArn);
    checkExploration(config, `recipe/${findUseCase(recipeArn)?.recipeName}`);
    checkTrainingData(call, groupArn, config.trainingDataConfig);
}

const updateRecommender: Handler = (call, input: { recommenderArn: string; recommenderConfig: RecommenderConfig }) => {
    const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
    requireStatus(call, recommender, "ACTIVE");
    const { recommenderConfig } = input;
    checkConfig(call, recommender.parent ?? "", recommender.properties.recipeArn, recommenderConfig);
    const before = currentConfig(call, recommender);
    const properties: RecommenderProperties = {
        ...recommender.properties,
        ...(before && { recommenderConfig: before }),
        update: beginUpdate(call, recommender, { recommenderConfig: { ...before, ...recommenderConfig } }),
    };
    call.store.save({ ...recommender, properties });
    return { recommenderArn: recommender.arn };
};

/** Returns the handler of StopRecommender or StartRecommender. A stopped recommender keeps its model. */
const switchRecommender =
    (to: "STOP" | "START", from: Status): Handler =>
    (call, input: { recommenderArn: string }) => {
        const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
        requireStatus(call, recommender, from);
        const properties = { ...recommender.properties, switched: { to, at: call.now } };
        call.store.save({ ...recommender, properties });
        return { recommenderArn: recommender.arn };
    };

function requireStatus(call: Call, recommender: Recommender, wanted: Status): void {
    const { status } = recommenderPhase(call, recommender);
    if (status !== wanted) throw inUse(`The recommender ${recommender.arn} is ${status}; it must be ${wanted}.`);
}

/** Returns the state of a recommender, including the states of StopRecommender and StartRecommender. */
export function recommenderPhase(call: Call, recommender: Recommender): Phase {
    const phase = computePhase(call, recommender);
    const { switched } = recommender.properties;
    if (phase.status !== "ACTIVE" || !switched) return phase;
    const last = switched.to === "STOP" ? "INACTIVE" : "ACTIVE";
    return updatePhaseAt(recommender.kind, switched.at, call.options.speed, call.now, switched.to, last);
}

/** Returns the current configuration: that of the last update if it has succeeded, otherwise the earlier one. */
export function currentConfig(call: Call, recommender: Recommender): RecommenderConfig | undefined {
    const { update, recommenderConfig } = recommender.properties;
    return updateOf(call, recommender)?.status === "ACTIVE" ? update?.recommenderConfig : recommenderConfig;
}

function deleteRecommender(call: Call, recommender: Recommender): void {
    const { status } = recommenderPhase(call, recommender);
    if (/^(START|STOP) /.test(status))
        throw inUse(`The recommender ${recommender.arn} is ${status}. Wait until that has ended.`);
    beginDelete(call, recommender);
}

export const recommenderHandlers: Record<string, Handler> = {
    ...createKindHandlers<RecommenderProperties>("recommender", {
        parent: "datasetGroupArn",
        create: createRecommender,
        view(call, recommender) {
            const isTrained = computePhase(call, recommender).status === "ACTIVE";
            return {
                recommenderConfig: currentConfig(call, recommender),
                ...(isTrained && { modelMetrics: recommender.properties.metrics }),
            };
        },
        phase: recommenderPhase,
        remove: deleteRecommender,
    }),
    UpdateRecommender: updateRecommender,
    StopRecommender: switchRecommender("STOP", "ACTIVE"),
    StartRecommender: switchRecommender("START", "INACTIVE"),
};
