import { readBatchPaths } from "../batch/paths.ts";
import { invalidInput } from "../errors.ts";
import { needFilter } from "./filters.ts";
import { createKindHandlers } from "./handlers.ts";
import type { BatchJobProperties, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { type Call, create, needActive } from "./resources.ts";
import type { VersionProperties } from "./solution-versions.ts";

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

export const segmentJobHandlers = createKindHandlers("batch-segment-job", {
    parent: "solutionVersionArn",
    create: createSegmentJob,
});
