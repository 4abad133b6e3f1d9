import { readBatchFolder } from "../batch/paths.ts";
import { limitExceeded } from "../errors.ts";
import type { ExportJobProperties, Tag } from "./properties.ts";
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
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";

interface CreateInput extends Omit<ExportJobProperties, "ingestionMode"> {
    jobName: string;
    datasetArn: string;
    ingestionMode?: ExportJobProperties["ingestionMode"];
    tags?: Tag[];
}

const mostUnderWay = 5;

const createExportJob: Handler = (call, input: CreateInput) => {
    const { jobName, roleArn, jobOutput, ingestionMode = "PUT" } = input;
    const dataset = needActive(call, "dataset", input.datasetArn);
    readBatchFolder(jobOutput.s3DataDestination.path);
    const tags = checkedTags(input.tags);
    const jobs = call.store.list("dataset-export-job", call.region);
    if (jobs.filter((job) => isUnderWay(call, job)).length >= mostUnderWay) {
        throw limitExceeded(`More than ${mostUnderWay} resources with PENDING or IN_PROGRESS status.`);
    }
    const properties: ExportJobProperties = { roleArn, jobOutput, ingestionMode };
    const tail = `dataset-export-job/${jobName}`;
    const job = { kind: "dataset-export-job" as const, tail, name: jobName, parent: dataset.arn, properties };
    const created = create(call, job, tags);
    call.schedule(created);
    return { datasetExportJobArn: created.arn };
};

const describeExportJob: Handler = (call, input: { datasetExportJobArn: string }) => {
    const job = need<ExportJobProperties>(call, "dataset-export-job", input.datasetExportJobArn);
    return { datasetExportJob: { ...job.properties, ...summary(call, job), datasetArn: job.parent } };
};

const listExportJobs: Handler = (call, input: PageInput & { datasetArn?: string }) => {
    const jobs = call.store.list("dataset-export-job", call.region, input.datasetArn);
    const { page, ...token } = pageOf(jobs, input, `ListDatasetExportJobs ${input.datasetArn}`);
    return { datasetExportJobs: page.map((job) => summary(call, job)), ...token };
};

export const exportJobHandlers: Record<string, Handler> = {
    CreateDatasetExportJob: createExportJob,
    DescribeDatasetExportJob: describeExportJob,
    ListDatasetExportJobs: listExportJobs,
};

const summary = (call: Call, job: Resource<object>) => ({
    datasetExportJobArn: job.arn,
    jobName: job.name,
    ...vitals(call, job),
});
