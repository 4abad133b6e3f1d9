import { invalidInput } from "../errors.ts";
import { readDataLocation } from "../importing/data-location.ts";
import { createKindHandlers } from "./handlers.ts";
import type { Tag } from "./properties.ts";
import { type Call, computePhase, create, needActive } from "./resources.ts";

export interface DeletionJobProperties {
    dataSource: { dataLocation?: string };
    roleArn: string;
    /** Number of records that a finished job deleted. */
    numDeleted?: number;
}

const createDeletionJob = (
    call: Call,
    input: DeletionJobProperties & { jobName: string; datasetGroupArn: string; tags?: Tag[] },
) => {
    const { jobName: name, dataSource, roleArn, tags } = input;
    const { arn: parent } = needActive(call, "dataset-group", input.datasetGroupArn);
    if (!readDataLocation(dataSource.dataLocation)) throw invalidInput("Invalid Data location.");
    return create(call, { kind: "data-deletion-job", name, parent, properties: { dataSource, roleArn }, tags });
};

/** Names of the states of data deletion jobs, which differ from those of other resources (API reference). */
const statuses: Readonly<Record<string, string>> = {
    "CREATE PENDING": "PENDING",
    "CREATE IN_PROGRESS": "IN_PROGRESS",
    ACTIVE: "COMPLETED",
    "CREATE FAILED": "FAILED",
};

export const deletionJobHandlers = createKindHandlers<DeletionJobProperties>("data-deletion-job", {
    parent: "datasetGroupArn",
    create: createDeletionJob,
    view(call, job) {
        const { status } = computePhase(call, job);
        return { status: statuses[status] ?? status };
    },
});
