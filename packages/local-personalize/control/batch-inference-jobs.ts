import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput, notEmulated } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkCount } from "../serving/get-recommendations.ts";
import { needFilter } from "./filters.ts";
import { createKindHandlers } from "./handlers.ts";
import type { BatchJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, create, needActive } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";

interface CreateInput extends BatchJobProperties {
    jobName: string;
    batchInferenceJobMode?: string;
    tags?: Tag[];
}

const createBatchJob = (call: Call, input: CreateInput) => {
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

export const batchJobHandlers = createKindHandlers<BatchJobProperties>("batch-inference-job", {
    parent: "solutionVersionArn",
    create: createBatchJob,
    view: () => ({ batchInferenceJobMode: "BATCH_INFERENCE" }),
});
