import { invalidInput } from "../errors.ts";
import { readDataLocation } from "../importing/data-location.ts";
import { createJob, pageOfJobs } from "./jobs.ts";
import type { Tag } from "./properties.ts";
import { type Call, type Handler, need, needActive, type PageInput, vitals } from "./resources.ts";
import type { Resource } from "./store.ts";

export interface DeletionJobProperties {
    dataSource: { dataLocation?: string };
    roleArn: string;
    /** Number of records that a finished job deleted. */
    numDeleted?: number;
}

const createDeletionJob: Handler = (
    call,
    input: DeletionJobProperties & { jobName: string; datasetGroupArn: string; tags?: Tag[] },
) => {
    const { dataSource, roleArn } = input;
    const group = needActive(call, "dataset-group", input.datasetGroupArn);
    if (!readDataLocation(dataSource.dataLocation)) throw invalidInput("Invalid Data location.");
    const properties: DeletionJobProperties = { dataSource, roleArn };
    return { dataDeletionJobArn: createJob(call, "data-deletion-job", input, group, properties) };
};

const describeDeletionJob: Handler = (call, input: { dataDeletionJobArn: string }) => {
    const job = need<DeletionJobProperties>(call, "data-deletion-job", input.dataDeletionJobArn);
    return { dataDeletionJob: { ...job.properties, ...summary(call, job) } };
};

const listDeletionJobs: Handler = (call, input: PageInput & { datasetGroupArn?: string }) => {
    const { page, ...token } = pageOfJobs(call, "data-deletion-job", input, input.datasetGroupArn);
    return { dataDeletionJobs: page.map((job) => summary(call, job)), ...token };
};

export const deletionJobHandlers: Record<string, Handler> = {
    CreateDataDeletionJob: createDeletionJob,
    DescribeDataDeletionJob: describeDeletionJob,
    ListDataDeletionJobs: listDeletionJobs,
};

/** Names of the states of data deletion jobs, which differ from those of other resources (API reference). */
const statuses: Readonly<Record<string, string>> = {
    "CREATE PENDING": "PENDING",
    "CREATE IN_PROGRESS": "IN_PROGRESS",
    ACTIVE: "COMPLETED",
    "CREATE FAILED": "FAILED",
};

function summary(call: Call, job: Resource<object>) {
    const { status, ...others } = vitals(call, job);
    return {
        dataDeletionJobArn: job.arn,
        jobName: job.name,
        datasetGroupArn: job.parent,
        ...others,
        status: statuses[status] ?? status,
    };
}
