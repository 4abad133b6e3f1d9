import { inUse, invalidInput } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkMetadata, requireInteractions } from "./datasets.ts";
import type { DatasetGroupProperties, RecommenderConfig, RecommenderProperties, Tag } from "./properties.ts";
import { needRecipe } from "./recipes.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    failureOf,
    type Handler,
    need,
    needActive,
    type PageInput,
    pageOf,
    phaseOf,
    vitals,
} from "./resources.ts";
import { checkTrainingData } from "./solution-columns.ts";
import type { Phase, Status } from "./states.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";
import { isUnderWayIn, updatePhase, updateSummary } from "./updates.ts";
import { useCaseOf } from "./use-cases.ts";

type Recommender = Resource<RecommenderProperties>;

interface CreateInput {
    name: string;
    datasetGroupArn: string;
    recipeArn: string;
    recommenderConfig?: RecommenderConfig;
    tags?: Tag[];
}

const createRecommender: Handler = (call, input: CreateInput) => {
    const { name, recipeArn, recommenderConfig } = input;
    const { domain } = needRecipe(call, recipeArn);
    const group = needActive<DatasetGroupProperties>(call, "dataset-group", input.datasetGroupArn);
    if (domain === undefined) {
        throw invalidInput(`The recipe ${recipeArn} is for solutions: a recommender takes a domain use case.`);
    }
    if (domain !== group.properties.domain) {
        throw invalidInput(`The use case ${recipeArn} is of the domain ${domain}, and ${group.arn} is not.`);
    }
    requireInteractions(call, group.arn);
    checkConfig(call, group.arn, recipeArn, recommenderConfig);
    const tags = checkedTags(input.tags);
    checkQuota(call, call.store.list("recommender", call.region, group.arn), "recommender");
    const properties: RecommenderProperties = {
        recipeArn,
        ...(recommenderConfig && { recommenderConfig }),
    };
    const recommender = {
        kind: "recommender" as const,
        tail: `recommender/${name}`,
        name,
        parent: group.arn,
        properties,
    };
    const created = create(call, recommender, tags);
    call.schedule(created);
    return { recommenderArn: created.arn };
};

function checkConfig(call: Call, groupArn: string, recipeArn: string, config: RecommenderConfig = {}): void {
    checkMetadata(call, config, groupArn);
    checkExploration(config, `recipe/${useCaseOf(recipeArn)?.recipeName}`);
    checkTrainingData(call, groupArn, config.trainingDataConfig);
}

const updateRecommender: Handler = (call, input: { recommenderArn: string; recommenderConfig: RecommenderConfig }) => {
    const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
    requireStatus(call, recommender, "ACTIVE");
    if (isUpdating(call, recommender)) {
        throw inUse(
            `The recommender ${recommender.arn} is being updated. Wait until latestRecommenderUpdate has ended.`,
        );
    }
    const { recommenderConfig } = input;
    checkConfig(call, recommender.parent ?? "", recommender.properties.recipeArn, recommenderConfig);
    const failure = failureOf(call);
    const before = currentConfig(call, recommender);
    const properties: RecommenderProperties = {
        ...recommender.properties,
        ...(before && { recommenderConfig: before }),
        update: {
            recommenderConfig: { ...before, ...recommenderConfig },
            createdAt: call.now,
            ...(failure !== null && { failure }),
        },
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
    const phase = phaseOf(call, recommender);
    const { switched } = recommender.properties;
    if (phase.status !== "ACTIVE" || !switched) return phase;
    const { status, since } = updatePhase(call, recommender.kind, { createdAt: switched.at });
    if (status === "ACTIVE") return { status: switched.to === "STOP" ? "INACTIVE" : "ACTIVE", since };
    return { status: status === "CREATE PENDING" ? `${switched.to} PENDING` : `${switched.to} IN_PROGRESS`, since };
}

const updateOf = (call: Call, { kind, properties: { update } }: Recommender) =>
    update && updatePhase(call, kind, update);

/** Checks whether an update of the recommender is running. */
export const isUpdating = (call: Call, recommender: Recommender) =>
    isUnderWayIn(updateOf(call, recommender)?.status ?? "ACTIVE");

/** Returns the current configuration: that of the last update if it has succeeded, otherwise the earlier one. */
export function currentConfig(call: Call, recommender: Recommender): RecommenderConfig | undefined {
    const { update, recommenderConfig } = recommender.properties;
    return updateOf(call, recommender)?.status === "ACTIVE" ? update?.recommenderConfig : recommenderConfig;
}

const describeRecommender: Handler = (call, input: { recommenderArn: string }) => {
    const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
    const { metrics, update } = recommender.properties;
    const phase = updateOf(call, recommender);
    const isTrained = phaseOf(call, recommender).status === "ACTIVE";
    return {
        recommender: {
            ...summary(call, recommender),
            ...(isTrained && metrics && { modelMetrics: metrics }),
            ...(update && phase && { latestRecommenderUpdate: updateSummary(update, phase) }),
        },
    };
};

const listRecommenders: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const recommenders = call.store.list<RecommenderProperties>("recommender", call.region, input.datasetGroupArn);
    const { page, ...token } = pageOf(recommenders, input, `ListRecommenders ${input.datasetGroupArn}`);
    return { recommenders: page.map((recommender) => summary(call, recommender)), ...token };
};

const deleteRecommender: Handler = (call, input: { recommenderArn: string }) => {
    const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
    const { status } = recommenderPhase(call, recommender);
    if (/^(START|STOP) /.test(status))
        throw inUse(`The recommender ${recommender.arn} is ${status}. Wait until that has ended.`);
    beginDelete(call, recommender);
};

export const recommenderHandlers: Record<string, Handler> = {
    CreateRecommender: createRecommender,
    DescribeRecommender: describeRecommender,
    ListRecommenders: listRecommenders,
    UpdateRecommender: updateRecommender,
    StopRecommender: switchRecommender("STOP", "ACTIVE"),
    StartRecommender: switchRecommender("START", "INACTIVE"),
    DeleteRecommender: deleteRecommender,
};

function summary(call: Call, recommender: Recommender) {
    const { recipeArn } = recommender.properties;
    const recommenderConfig = currentConfig(call, recommender);
    return {
        name: recommender.name,
        recommenderArn: recommender.arn,
        datasetGroupArn: recommender.parent,
        recipeArn,
        ...(recommenderConfig && { recommenderConfig }),
        ...vitals(call, recommender, recommenderPhase(call, recommender)),
    };
}
