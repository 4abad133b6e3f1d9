import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput, notEmulated } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkCount } from "../serving/get-recommendations.ts";
import { needFilterOf } from "./filters.ts";
import { createJob, pageOfJobs } from "./jobs.ts";
import type { BatchJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, type Handler, need, needActive, type PageInput, vitals } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";
import type { Resource } from "./store.ts";

interface CreateInput extends BatchJobProperties {
    jobName: string;
    batchInferenceJobMode?: string;
    tags?: Tag[];
}

const createBatchJob: Handler = (call, input: CreateInput) => {
    const { solutionVersionArn, filterArn, numResults, jobInput, jobOutput, roleArn } = input;
    if (input.batchInferenceJobMode === "THEME_GENERATION")
        throw notEmulated("The batchInferenceJobMode THEME_GENERATION");
    const version = needActive<VersionProperties>(call, "solution-version", solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) === "USER_SEGMENTATION" || recipeArn.endsWith("/aws-trending-now")) {
        throw invalidInput(`A batch inference job cannot use the recipe ${recipeArn}.`);
    }
    if (filterArn) needFilterOf(call, filterArn, version.properties.datasetGroupArn);
    checkCount(numResults);
    checkExploration(input.batchInferenceJobConfig, recipeArn);
    const properties: BatchJobProperties = {
        solutionVersionArn,
        ...(filterArn && { filterArn }),
        ...(numResults !== undefined && { numResults }),
        jobInput,
        jobOutput,
        roleArn,
        ...(input.batchInferenceJobConfig && { batchInferenceJobConfig: input.batchInferenceJobConfig }),
    };
    readBatchPaths(properties);
    return { batchInferenceJobArn: createJob(call, "batch-inference-job", input, version, properties) };
};

const describeBatchJob: Handler = (call, input: { batchInferenceJobArn: string }) => {
    const job = need<BatchJobProperties>(call, "batch-inference-job", input.batchInferenceJobArn);
    return { batchInferenceJob: { ...job.properties, ...summary(call, job) } };
};

const listBatchJobs: Handler = (call, input: PageInput & { solutionVersionArn?: string }) => {
    const { page, ...token } = pageOfJobs(call, "batch-inference-job", input, input.solutionVersionArn);
    return { batchInferenceJobs: page.map((job) => summary(call, job)), ...token };
};

export const batchJobHandlers: Record<string, Handler> = {
    CreateBatchInferenceJob: createBatchJob,
    DescribeBatchInferenceJob: describeBatchJob,
    ListBatchInferenceJobs: listBatchJobs,
};

function summary(call: Call, job: Resource<object>) {
    return {
        batchInferenceJobArn: job.arn,
        jobName: job.name,
        solutionVersionArn: job.parent,
        batchInferenceJobMode: "BATCH_INFERENCE",
        ...vitals(call, job),
    };
}
