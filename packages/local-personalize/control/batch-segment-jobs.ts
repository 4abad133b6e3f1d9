import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput, limitExceeded, notEmulated } from "../errors.ts";
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

const mostUnderWay = 5;

const createSegmentJob: Handler = (call, input: BatchJobProperties & { jobName: string; tags?: Tag[] }) => {
    const { jobName, solutionVersionArn, numResults, jobInput, jobOutput, roleArn } = input;
    const version = needActive<VersionProperties>(call, "solution-version", solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) !== "USER_SEGMENTATION") {
        throw invalidInput(
            `A batch segment job needs a version of a USER_SEGMENTATION recipe, and not of ${recipeArn}.`,
        );
    }
    if (input.filterArn) throw notEmulated("A filter of a batch segment job");
    const properties: BatchJobProperties = {
        solutionVersionArn,
        ...(numResults !== undefined && { numResults }),
        jobInput,
        jobOutput,
        roleArn,
    };
    readBatchPaths(properties);
    const tags = checkedTags(input.tags);
    const jobs = call.store.list("batch-segment-job", call.region);
    if (jobs.filter((job) => isUnderWay(call, job)).length >= mostUnderWay) {
        throw limitExceeded(`More than ${mostUnderWay} resources with PENDING or IN_PROGRESS status.`);
    }
    const tail = `batch-segment-job/${jobName}`;
    const job = { kind: "batch-segment-job" as const, tail, name: jobName, parent: version.arn, properties };
    const created = create(call, job, tags);
    call.schedule(created);
    return { batchSegmentJobArn: created.arn };
};

const describeSegmentJob: Handler = (call, input: { batchSegmentJobArn: string }) => {
    const job = need<BatchJobProperties>(call, "batch-segment-job", input.batchSegmentJobArn);
    return { batchSegmentJob: { ...job.properties, ...summary(call, job) } };
};

const listSegmentJobs: Handler = (call, input: PageInput & { solutionVersionArn?: string }) => {
    const jobs = call.store.list("batch-segment-job", call.region, input.solutionVersionArn);
    const { page, ...token } = pageOf(jobs, input, `ListBatchSegmentJobs ${input.solutionVersionArn}`);
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
