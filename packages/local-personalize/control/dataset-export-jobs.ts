import { readBatchFolder } from "../batch/paths.ts";
import { createKindHandlers } from "./handlers.ts";
import type { ExportJobProperties, Tag } from "./properties.ts";
import { type Call, create, needActive } from "./resources.ts";

interface CreateInput extends Omit<ExportJobProperties, "ingestionMode"> {
    jobName: string;
    datasetArn: string;
    ingestionMode?: ExportJobProperties["ingestionMode"];
    tags?: Tag[];
}

const createExportJob = (call: Call, input: CreateInput) => {
    const { jobName: name, roleArn, jobOutput, ingestionMode = "PUT", tags } = input;
    const { arn: parent } = needActive(call, "dataset", input.datasetArn);
    readBatchFolder(jobOutput.s3DataDestination.path);
    const properties: ExportJobProperties = { roleArn, jobOutput, ingestionMode };
    return create(call, { kind: "dataset-export-job", name, parent, properties, tags });
};

export const exportJobHandlers = createKindHandlers("dataset-export-job", {
    parent: "datasetArn",
    create: createExportJob,
});
