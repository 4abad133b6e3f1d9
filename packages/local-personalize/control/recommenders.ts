import { invalidInput } from "../errors.ts";
import { checkMetadata, datasetOf } from "./datasets.ts";
import type { DatasetGroupProperties, RecommenderProperties, Tag } from "./properties.ts";
import { needRecipe } from "./recipes.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    type Handler,
    need,
    needActive,
    type PageInput,
    pageOf,
    phaseOf,
    vitals,
} from "./resources.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

type Recommender = Resource<RecommenderProperties>;

interface CreateInput {
    name: string;
    datasetGroupArn: string;
    recipeArn: string;
    recommenderConfig?: RecommenderProperties["recommenderConfig"];
    tags?: Tag[];
}

const largestCount = 5;

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
    const interactions = datasetOf(call.store, call.region, group.arn, "INTERACTIONS");
    if (!interactions || interactions.properties.rows === 0) {
        throw invalidInput(`${group.arn} has no item interactions. Import some first: CreateDatasetImportJob.`);
    }
    checkMetadata(call, recommenderConfig, group.arn);
    const tags = checkedTags(input.tags);
    checkQuota(call.store.list("recommender", call.region, group.arn), "recommender", largestCount);
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

const describeRecommender: Handler = (call, input: { recommenderArn: string }) => {
    const recommender = need<RecommenderProperties>(call, "recommender", input.recommenderArn);
    const { metrics } = recommender.properties;
    const isActive = phaseOf(call, recommender).status === "ACTIVE";
    return { recommender: { ...summary(call, recommender), ...(isActive && metrics && { modelMetrics: metrics }) } };
};

const listRecommenders: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const recommenders = call.store.list<RecommenderProperties>("recommender", call.region, input.datasetGroupArn);
    const { page, ...token } = pageOf(recommenders, input, `ListRecommenders ${input.datasetGroupArn}`);
    return { recommenders: page.map((recommender) => summary(call, recommender)), ...token };
};

const deleteRecommender: Handler = (call, input: { recommenderArn: string }) => {
    beginDelete(call, need(call, "recommender", input.recommenderArn));
};

export const recommenderHandlers: Record<string, Handler> = {
    CreateRecommender: createRecommender,
    DescribeRecommender: describeRecommender,
    ListRecommenders: listRecommenders,
    DeleteRecommender: deleteRecommender,
};

function summary(call: Call, recommender: Recommender) {
    const { recipeArn, recommenderConfig } = recommender.properties;
    return {
        name: recommender.name,
        recommenderArn: recommender.arn,
        datasetGroupArn: recommender.parent,
        recipeArn,
        ...(recommenderConfig && { recommenderConfig }),
        ...vitals(call, recommender),
    };
}
