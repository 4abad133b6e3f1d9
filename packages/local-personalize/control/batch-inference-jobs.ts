import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput, limitExceeded, notEmulated } from "../errors.ts";
import { checkCount } from "../serving/get-recommendations.ts";
import { needFilterOf } from "./filters.ts";
import type { BatchJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import {
    type Call,
    create,
    type Handler,
    isUnderWay,
    need,
    needActive,
    type PageInput,
    pageOf,
    vitals,
} from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

interface CreateInput extends BatchJobProperties {
    jobName: string;
    batchInferenceJobMode?: string;
    themeGenerationConfig?: object;
    tags?: Tag[];
}

const mostUnderWay = 5;

const createBatchJob: Handler = (call, input: CreateInput) => {
    const { jobName, solutionVersionArn, filterArn, numResults, jobInput, jobOutput, roleArn } = input;
    if (input.batchInferenceJobMode === "THEME_GENERATION" || input.themeGenerationConfig) {
        throw notEmulated("Theme generation");
    }
    const version = needActive<VersionProperties>(call, "solution-version", solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) === "USER_SEGMENTATION" || recipeArn.endsWith("/aws-trending-now")) {
        throw invalidInput(`A batch inference job cannot use the recipe ${recipeArn}.`);
    }
    if (filterArn) needFilterOf(call, filterArn, version.properties.datasetGroupArn);
    checkCount(numResults);
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
    const tags = checkedTags(input.tags);
    const jobs = call.store.list("batch-inference-job", call.region);
    if (jobs.filter((job) => isUnderWay(call, job)).length >= mostUnderWay) {
        throw limitExceeded(`More than ${mostUnderWay} resources with PENDING or IN_PROGRESS status.`);
    }
    const tail = `batch-inference-job/${jobName}`;
    const job = { kind: "batch-inference-job" as const, tail, name: jobName, parent: version.arn, properties };
    const created = create(call, job, tags);
    call.schedule(created);
    return { batchInferenceJobArn: created.arn };
};

const describeBatchJob: Handler = (call, input: { batchInferenceJobArn: string }) => {
    const job = need<BatchJobProperties>(call, "batch-inference-job", input.batchInferenceJobArn);
    return { batchInferenceJob: { ...job.properties, ...summary(call, job) } };
};

const listBatchJobs: Handler = (call, input: PageInput & { solutionVersionArn?: string }) => {
    const jobs = call.store.list("batch-inference-job", call.region, input.solutionVersionArn);
    const { page, ...token } = pageOf(jobs, input, `ListBatchInferenceJobs ${input.solutionVersionArn}`);
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
