import { readBatchFolder, readBatchPaths } from "../batch/access.ts";
import { invalidInput, notEmulated } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkCount } from "../serving/get-recommendations.ts";
import { needFilter } from "./filters.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { BatchJobProperties, ExportJobProperties } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, type Handler, needActive } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";

const createBatchJob = (call: Call, input: BatchJobProperties & { batchInferenceJobMode?: string }, add: Add) => {
    const { batchInferenceJobMode, ...properties } = input;
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
    return add({ properties });
};

/** Maximum number of users in a segment (service quota). */
const mostUsers = 5_000_000;

const createSegmentJob = (call: Call, properties: BatchJobProperties, add: Add) => {
    const { filterArn, numResults, solutionVersionArn } = properties;
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
    if (filterArn) needFilter(call, filterArn, version.properties.datasetGroupArn);
    readBatchPaths(properties);
    return add({ properties });
};

interface ExportInput extends Omit<ExportJobProperties, "ingestionMode"> {
    datasetArn: string;
    ingestionMode?: ExportJobProperties["ingestionMode"];
}

const createExportJob = (call: Call, { datasetArn, ingestionMode = "PUT", ...others }: ExportInput, add: Add) => {
    needActive(call, "dataset", datasetArn);
    readBatchFolder(others.jobOutput.s3DataDestination.path);
    return add({ properties: { ...others, ingestionMode } });
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
