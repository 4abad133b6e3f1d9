import type { Speed } from "../contract.ts";
import { invalidInput } from "../errors.ts";
import { readDataLocation } from "../importing/data-location.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { AttributionProperties } from "./metric-attributions.ts";
import type { DatasetProperties } from "./properties.ts";
import { type Call, computePhase, type Handler, need, needActive } from "./resources.ts";
import { creationEnd, type Status } from "./states.ts";
import type { Resource, Store } from "./store.ts";
import { isRunningStatus } from "./updates.ts";

export interface ImportJobProperties {
    dataSource: { dataLocation?: string };
    roleArn?: string;
    importMode: "FULL" | "INCREMENTAL";
    publishAttributionMetricsToS3?: boolean;
    /** Bytes that a finished job has read. */
    bytes?: number;
}

interface CreateInput extends Omit<ImportJobProperties, "importMode"> {
    datasetArn: string;
    importMode?: ImportJobProperties["importMode"];
}

const createImportJob = (call: Call, input: CreateInput, add: Add) => {
    const { datasetArn, importMode = "FULL", ...others } = input;
    const dataset = need<DatasetProperties>(call, "dataset", datasetArn);
    // Real accounts accept an import while its dataset is pending (docs/emulator.md).
    if (!isRunningStatus(computePhase(call, dataset).status)) needActive(call, "dataset", datasetArn);
    if (!readDataLocation(input.dataSource.dataLocation)) throw invalidInput("Invalid Data location.");
    if (input.publishAttributionMetricsToS3) requireReports(call, dataset);
    if (importMode === "INCREMENTAL" && dataset.properties.rows === 0) {
        throw invalidInput(`The dataset ${datasetArn} has no data yet: its first import must be FULL.`);
    }
    const properties: ImportJobProperties = { ...others, importMode };
    return add({ properties });
};

/** Throws InvalidInputException unless the dataset and its metric attribution support publishAttributionMetricsToS3. */
function requireReports(call: Call, { arn, parent, properties }: Resource<DatasetProperties>): void {
    const [attribution] = call.store.list<AttributionProperties>("metric-attribution", call.region, parent ?? "");
    if (properties.datasetType === "INTERACTIONS" && attribution?.properties.metricsOutputConfig.s3DataDestination)
        return;
    throw invalidInput(
        `publishAttributionMetricsToS3 needs a dataset of item interactions, and a metric attribution with an s3DataDestination: ${arn}.`,
    );
}

/** Returns when the dataset of an import job is ready, in epoch milliseconds; 0 for jobs without a dataset. */
export function datasetReady(store: Store, job: Resource<object>, speed: Speed): number {
    if (job.kind !== "dataset-import-job") return 0;
    const dataset = store.find(job.region, job.parent ?? "");
    return dataset ? creationEnd(dataset, speed) : 0;
}

export interface DeletionJobProperties {
    dataSource: { dataLocation?: string };
    roleArn: string;
    /** Number of records that a finished job deleted. */
    numDeleted?: number;
}

const createDeletionJob = (call: Call, input: DeletionJobProperties & { datasetGroupArn: string }, add: Add) => {
    const { dataSource, roleArn } = input;
    needActive(call, "dataset-group", input.datasetGroupArn);
    if (!readDataLocation(dataSource.dataLocation)) throw invalidInput("Invalid Data location.");
    return add({ properties: { dataSource, roleArn } });
};

/** Returns the status of a data deletion job, which has other names for its statuses than resources (API reference). */
const deletionStatus = (status: Status) => (status === "ACTIVE" ? "COMPLETED" : status.replace("CREATE ", ""));

export const inputJobHandlers: Record<string, Handler> = {
    ...createKindHandlers("dataset-import-job", { parent: "datasetArn", create: createImportJob }),
    ...createKindHandlers<DeletionJobProperties>("data-deletion-job", {
        parent: "datasetGroupArn",
        create: createDeletionJob,
        view: (call, job) => ({ status: deletionStatus(computePhase(call, job).status) }),
    }),
};
