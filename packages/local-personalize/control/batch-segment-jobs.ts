import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput } from "../errors.ts";
import { needFilterOf } from "./filters.ts";
import { createJob, pageOfJobs } from "./jobs.ts";
import type { BatchJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, type Handler, need, needActive, type PageInput, vitals } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";
import type { Resource } from "./store.ts";

/** Maximum number of users in a segment (service quota). */
const mostUsers = 5_000_000;

const createSegmentJob: Handler = (call, input: BatchJobProperties & { jobName: string; tags?: Tag[] }) => {
    const { solutionVersionArn, filterArn, numResults, jobInput, jobOutput, roleArn } = input;
    const version = needActive<VersionProperties>(call, "solution-version", solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) !== "USER_SEGMENTATION") {
        throw invalidInput(
            `A batch segment job needs a version of a USER_SEGMENTATION recipe, and not of ${recipeArn}.`,
        );
    }
    if (numResults !== undefined && (numResults < 1 || numResults > mostUsers)) {
        throw invalidInput(`numResults must be from 1 to ${mostUsers}, not ${numResults}.`);
    }
    if (filterArn) needFilterOf(call, filterArn, version.properties.datasetGroupArn);
    const properties: BatchJobProperties = {
        solutionVersionArn,
        ...(filterArn && { filterArn }),
        ...(numResults !== undefined && { numResults }),
        jobInput,
        jobOutput,
        roleArn,
    };
    readBatchPaths(properties);
    return { batchSegmentJobArn: createJob(call, "batch-segment-job", input, version, properties) };
};

const describeSegmentJob: Handler = (call, input: { batchSegmentJobArn: string }) => {
    const job = need<BatchJobProperties>(call, "batch-segment-job", input.batchSegmentJobArn);
    return { batchSegmentJob: { ...job.properties, ...summary(call, job) } };
};

const listSegmentJobs: Handler = (call, input: PageInput & { solutionVersionArn?: string }) => {
    const { page, ...token } = pageOfJobs(call, "batch-segment-job", input, input.solutionVersionArn);
    return { batchSegmentJobs: page.map((job) => summary(call, job)), ...token };
};

export const segmentJobHandlers: Record<string, Handler> = {
    CreateBatchSegmentJob: createSegmentJob,
    DescribeBatchSegmentJob: describeSegmentJob,
    ListBatchSegmentJobs: listSegmentJobs,
};

const summary = (call: Call, job: Resource<object>) => ({
    batchSegmentJobArn: job.arn,
    jobName: job.name,
    solutionVersionArn: job.parent,
    ...vitals(call, job),
});
