import { readBatchFolder, readBatchPaths } from "../batch/access.ts";
import { invalidInput, notEmulated } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkCount } from "../serving/get-recommendations.ts";
import { needFilter } from "./filters.ts";
import { createKindHandlers } from "./handlers.ts";
import type { BatchJobProperties, ExportJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, create, type Handler, needActive } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";

interface BatchInput extends BatchJobProperties {
    jobName: string;
    batchInferenceJobMode?: string;
    tags?: Tag[];
}

const createBatchJob = (call: Call, input: BatchInput) => {
    const { jobName: name, tags, batchInferenceJobMode, ...properties } = input;
    if (batchInferenceJobMode === "THEME_GENERATION") throw notEmulated("The batchInferenceJobMode THEME_GENERATION");
    const version = needActive<VersionProperties>(call, "solution-version", input.solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) === "USER_SEGMENTATION" || recipeArn.endsWith("/aws-trending-now")) {
        throw invalidInput(`A batch inference job cannot use the recipe ${recipeArn}.`);
    }
    if (input.filterArn) needFilter(call, input.filterArn, version.properties.datasetGroupArn);
    checkCount(input.numResults);
    checkExploration(input.batchInferenceJobConfig, recipeArn);
    readBatchPaths(input);
    return create(call, { kind: "batch-inference-job", name, parent: version.arn, properties, tags });
};

/** Maximum number of users in a segment (service quota). */
const mostUsers = 5_000_000;

const createSegmentJob = (call: Call, input: BatchJobProperties & { jobName: string; tags?: Tag[] }) => {
    const { jobName: name, tags, ...properties } = input;
    const { filterArn, numResults } = input;
    const version = needActive<VersionProperties>(call, "solution-version", input.solutionVersionArn);
    const { recipeArn } = version.properties;
    if (recipeTypeOf(recipeArn) !== "USER_SEGMENTATION") {
        throw invalidInput(
            `A batch segment job needs a version of a USER_SEGMENTATION recipe, and not of ${recipeArn}.`,
        );
    }
    if (numResults !== undefined && (numResults < 1 || numResults > mostUsers)) {
        throw invalidInput(`numResults must be from 1 to ${mostUsers}, not ${numResults}.`);
    }
    if (filterArn) needFilter(call, filterArn, version.properties.datasetGroupArn);
    readBatchPaths(input);
    return create(call, { kind: "batch-segment-job", name, parent: version.arn, properties, tags });
};

interface ExportInput extends Omit<ExportJobProperties, "ingestionMode"> {
    jobName: string;
    datasetArn: string;
    ingestionMode?: ExportJobProperties["ingestionMode"];
    tags?: Tag[];
}

const createExportJob = (call: Call, input: ExportInput) => {
    const { jobName: name, roleArn, jobOutput, ingestionMode = "PUT", tags } = input;
    const { arn: parent } = needActive(call, "dataset", input.datasetArn);
    readBatchFolder(jobOutput.s3DataDestination.path);
    const properties: ExportJobProperties = { roleArn, jobOutput, ingestionMode };
    return create(call, { kind: "dataset-export-job", name, parent, properties, tags });
};

export const outputJobHandlers: Record<string, Handler> = {
    ...createKindHandlers<BatchJobProperties>("batch-inference-job", {
        parent: "solutionVersionArn",
        create: createBatchJob,
        view: () => ({ batchInferenceJobMode: "BATCH_INFERENCE" }),
    }),
    ...createKindHandlers("batch-segment-job", { parent: "solutionVersionArn", create: createSegmentJob }),
    ...createKindHandlers("dataset-export-job", { parent: "datasetArn", create: createExportJob }),
};
