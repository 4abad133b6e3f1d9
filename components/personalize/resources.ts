import * as pulumi from "@pulumi/pulumi";
import type { CampaignInputs } from "../../personalize/campaign.ts";
import type { DatasetInputs } from "../../personalize/dataset.ts";
import type { DatasetGroupInputs } from "../../personalize/dataset-group.ts";
import type { DatasetImportJobInputs } from "../../personalize/dataset-import-job.ts";
import type { ResourceKindName } from "../../personalize/kinds.ts";
import type { SchemaInputs } from "../../personalize/schema.ts";
import type { SolutionInputs } from "../../personalize/solution.ts";
import type { SolutionVersionInputs } from "../../personalize/solution-version.ts";
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
        kind: ResourceKindName,
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
