import { batchInferenceJob } from "./batch-inference-job.ts";
import { campaign } from "./campaign.ts";
import { dataset } from "./dataset.ts";
import { datasetGroup } from "./dataset-group.ts";
import { datasetImportJob } from "./dataset-import-job.ts";
import type { AnyKind } from "./diff.ts";
import { eventTracker } from "./event-tracker.ts";
import { filter } from "./filter.ts";
import { recommender } from "./recommender.ts";
import { schema } from "./schema.ts";
import { solution } from "./solution.ts";
import { solutionVersion } from "./solution-version.ts";

/** All kinds of Personalize resources, by their names in Pulumi's state. */
export const kinds = {
    Schema: schema,
    DatasetGroup: datasetGroup,
    Dataset: dataset,
    DatasetImportJob: datasetImportJob,
    Solution: solution,
    SolutionVersion: solutionVersion,
    Campaign: campaign,
    Filter: filter,
    EventTracker: eventTracker,
    BatchInferenceJob: batchInferenceJob,
    Recommender: recommender,
} as const;

export type ResourceKindName = keyof typeof kinds;

/** Kinds in the states of earlier releases, with the kinds that replace them. */
export const formerKinds: Readonly<Record<string, ResourceKindName>> = { MetadataDataset: "Dataset" };

/** Checks whether Personalize has a kind of resources with this name. */
export const isKindName = (name: string): name is ResourceKindName => Object.hasOwn(kinds, name);

/**
 * Returns the same resource kind. Its TypeScript type declares only the inputs that all kinds have, so that the caller
 * can use every kind in the same way.
 */
export const anyKind = (kind: (typeof kinds)[ResourceKindName]): AnyKind => kind;
