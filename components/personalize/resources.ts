import * as pulumi from "@pulumi/pulumi";
import type { BatchInferenceJobInputs } from "../../personalize/batch-inference-job.ts";
import type { CampaignInputs } from "../../personalize/campaign.ts";
import type { DatasetInputs } from "../../personalize/dataset.ts";
import type { DatasetGroupInputs } from "../../personalize/dataset-group.ts";
import type { DatasetImportJobInputs } from "../../personalize/dataset-import-job.ts";
import type { EventTrackerInputs } from "../../personalize/event-tracker.ts";
import type { FilterInputs } from "../../personalize/filter.ts";
import type { HandlerName } from "../../personalize/handlers.ts";
import type { MetadataDatasetInputs } from "../../personalize/metadata-dataset.ts";
import type { SchemaInputs } from "../../personalize/schema.ts";
import type { SolutionInputs } from "../../personalize/solution.ts";
import type { SolutionVersionInputs } from "../../personalize/solution-version.ts";
import type { StateFlagsInputs } from "../../personalize/state-flags-handler.ts";
import { forward } from "./forward.ts";

/**
 * Thin classes, one a kind of resource; their life is in `personalize/`. The resource id is the ARN: wire downstream
 * by `.id`, which stays known at preview while a resource is updated in place.
 */
type Args<T> = {
    readonly [K in keyof T]: undefined extends T[K] ? pulumi.Input<T[K]> | undefined : pulumi.Input<T[K]>;
};

abstract class PersonalizeResource<I extends object> extends pulumi.dynamic.Resource {
    declare public readonly arn: pulumi.Output<string>;
    declare public readonly status: pulumi.Output<string>;

    protected constructor(
        kind: HandlerName,
        name: string,
        args: Args<I>,
        outputs: readonly string[],
        opts?: pulumi.CustomResourceOptions,
    ) {
        const computed = Object.fromEntries(["arn", "status", ...outputs].map((key) => [key, undefined]));
        super(forward(kind), name, { ...args, ...computed }, opts, "personalize", kind);
    }
}

/** Avro schema of a dataset. Every property replaces. */
export class Schema extends PersonalizeResource<SchemaInputs> {
    constructor(name: string, args: Args<SchemaInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Schema", name, args, [], opts);
    }
}

/** Container of datasets and solutions. The name replaces, and with it everything in the group. */
export class DatasetGroup extends PersonalizeResource<DatasetGroupInputs> {
    constructor(name: string, args: Args<DatasetGroupInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetGroup", name, args, [], opts);
    }
}

/** Dataset of item interactions. Every property but the tags replaces. */
export class Dataset extends PersonalizeResource<DatasetInputs> {
    constructor(name: string, args: Args<DatasetInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Dataset", name, args, [], opts);
    }
}

/** One import of one content; another content is another job. Deleting it is a no-op. */
export class DatasetImportJob extends PersonalizeResource<DatasetImportJobInputs> {
    declare public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: Args<DatasetImportJobInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetImportJob", name, args, ["jobName"], opts);
    }
}

/** What is to be trained. `performAutoTraining` is updated in place, all else replaces. */
export class Solution extends PersonalizeResource<SolutionInputs> {
    constructor(name: string, args: Args<SolutionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Solution", name, args, [], opts);
    }
}

/** One training, billed. Deleting it is a no-op: it disappears with its solution. */
export class SolutionVersion extends PersonalizeResource<SolutionVersionInputs> {
    /** The recipe it was trained by: with AutoML, the one that the service chose. */
    declare public readonly bestRecipeArn: pulumi.Output<string>;
    /** Billed hours. */
    declare public readonly trainingHours: pulumi.Output<number>;

    constructor(name: string, args: Args<SolutionVersionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("SolutionVersion", name, args, ["bestRecipeArn", "trainingHours"], opts);
    }
}

/** Serves a version; bills from ACTIVE until it is deleted. Version and minimum TPS are updated in place. */
export class Campaign extends PersonalizeResource<CampaignInputs> {
    constructor(name: string, args: Args<CampaignInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Campaign", name, args, [], opts);
    }
}

/** Dataset of items or users. Its schema is changed in place where that only adds fields, all else replaces. */
export class MetadataDataset extends PersonalizeResource<MetadataDatasetInputs> {
    constructor(name: string, args: Args<MetadataDatasetInputs>, opts?: pulumi.CustomResourceOptions) {
        super("MetadataDataset", name, args, [], opts);
    }
}

/** Which items may be recommended, to be named in a request. Every property but the tags replaces. */
export class Filter extends PersonalizeResource<FilterInputs> {
    constructor(name: string, args: Args<FilterInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Filter", name, args, [], opts);
    }
}

/** Where events are sent to. Every property but the tags replaces, and with it the tracking id. */
export class EventTracker extends PersonalizeResource<EventTrackerInputs> {
    /** What PutEvents is told. */
    declare public readonly trackingId: pulumi.Output<string>;

    constructor(name: string, args: Args<EventTrackerInputs>, opts?: pulumi.CustomResourceOptions) {
        super("EventTracker", name, args, ["trackingId"], opts);
    }
}

/** Recommendations for a file of users, billed once. Any change runs another job. Deleting it is a no-op. */
export class BatchInferenceJob extends PersonalizeResource<BatchInferenceJobInputs> {
    declare public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: Args<BatchInferenceJobInputs>, opts?: pulumi.CustomResourceOptions) {
        super("BatchInferenceJob", name, args, ["jobName"], opts);
    }
}

/** What runbooks note for the program in SSM parameters; destroy removes them. */
export class StateFlagsParameters extends PersonalizeResource<StateFlagsInputs> {
    constructor(name: string, args: Args<StateFlagsInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Marks", name, args, [], opts);
    }
}
