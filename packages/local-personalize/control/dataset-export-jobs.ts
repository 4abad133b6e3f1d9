import { readBatchFolder } from "../batch/paths.ts";
import { createJob, pageOfJobs } from "./jobs.ts";
import type { ExportJobProperties, Tag } from "./properties.ts";
import { type Call, type Handler, need, needActive, type PageInput, vitals } from "./resources.ts";
import type { Resource } from "./store.ts";

interface CreateInput extends Omit<ExportJobProperties, "ingestionMode"> {
    jobName: string;
    datasetArn: string;
    ingestionMode?: ExportJobProperties["ingestionMode"];
    tags?: Tag[];
}

const createExportJob: Handler = (call, input: CreateInput) => {
    const { roleArn, jobOutput, ingestionMode = "PUT" } = input;
    const dataset = needActive(call, "dataset", input.datasetArn);
    readBatchFolder(jobOutput.s3DataDestination.path);
    const properties: ExportJobProperties = { roleArn, jobOutput, ingestionMode };
    return { datasetExportJobArn: createJob(call, "dataset-export-job", input, dataset, properties) };
};

const describeExportJob: Handler = (call, input: { datasetExportJobArn: string }) => {
    const job = need<ExportJobProperties>(call, "dataset-export-job", input.datasetExportJobArn);
    return { datasetExportJob: { ...job.properties, ...summary(call, job), datasetArn: job.parent } };
};

const listExportJobs: Handler = (call, input: PageInput & { datasetArn?: string }) => {
    const { page, ...token } = pageOfJobs(call, "dataset-export-job", input, input.datasetArn);
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
