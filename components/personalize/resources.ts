import * as pulumi from "@pulumi/pulumi";
import { type StackConfig, trailBucketNameFor } from "../../config/config.ts";
import type { PlannedStack } from "../../cost/estimate.ts";
import type { BatchInferenceJobInputs } from "../../personalize/batch-inference-job.ts";
import type { CampaignInputs } from "../../personalize/campaign.ts";
import type { DatasetInputs, MetadataDatasetInputs } from "../../personalize/dataset.ts";
import type { DatasetGroupInputs } from "../../personalize/dataset-group.ts";
import type { DatasetImportJobInputs } from "../../personalize/dataset-import-job.ts";
import type { EventTrackerInputs } from "../../personalize/event-tracker.ts";
import type { FilterInputs } from "../../personalize/filter.ts";
import type { HandlerName } from "../../personalize/handlers.ts";
import type { ClosedStageInputs } from "../../personalize/operations/closed-stage.ts";
import type { StateFlagsInputs } from "../../personalize/operations/state-flags.ts";
import type { SchemaInputs } from "../../personalize/schema.ts";
import type { SolutionInputs } from "../../personalize/solution.ts";
import type { SolutionVersionInputs } from "../../personalize/solution-version.ts";
import type { StackOwnerInputs } from "../../personalize/stack-owner.ts";
import { ownerTag } from "../../personalize/tags.ts";
import { forward } from "./forward.ts";

/**
 * Thin classes, one per kind of resource; `personalize/` has their lifecycle. The resource id is the ARN. Connect
 * resources by `.id`, which stays known at preview while a resource is updated in place.
 */
type Args<T> = {
    readonly [K in keyof T]: undefined extends T[K] ? pulumi.Input<T[K]> | undefined : pulumi.Input<T[K]>;
};

abstract class PersonalizeResource<I extends object> extends pulumi.CustomResource {
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
        const type = `pulumi-nodejs:dynamic/personalize:${kind}`;
        super(type, name, { ...args, ...computed, __provider: forward(kind) }, opts);
    }
}

/** Avro schema of a dataset. Any change replaces it. */
export class Schema extends PersonalizeResource<SchemaInputs> {
    constructor(name: string, args: Args<SchemaInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Schema", name, args, [], opts);
    }
}

/** Container of datasets and solutions. A new name replaces it with everything in it. */
export class DatasetGroup extends PersonalizeResource<DatasetGroupInputs> {
    constructor(name: string, args: Args<DatasetGroupInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetGroup", name, args, [], opts);
    }
}

/** Dataset of item interactions. Any change except of tags replaces it. */
export class Dataset extends PersonalizeResource<DatasetInputs> {
    constructor(name: string, args: Args<DatasetInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Dataset", name, args, [], opts);
    }
}

/** One import of one content; new content needs a new job. Deleting it is a no-op. */
export class DatasetImportJob extends PersonalizeResource<DatasetImportJobInputs> {
    declare public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: Args<DatasetImportJobInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetImportJob", name, args, ["jobName"], opts);
    }
}

/** Configuration of a training. Automatic training is updated in place; any other change replaces it. */
export class Solution extends PersonalizeResource<SolutionInputs> {
    constructor(name: string, args: Args<SolutionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Solution", name, args, [], opts);
    }
}

/** One training, billed. Deleting it is a no-op: it disappears with its solution. */
export class SolutionVersion extends PersonalizeResource<SolutionVersionInputs> {
    /** The recipe of the training; with AutoML, the recipe that Personalize chose. */
    declare public readonly bestRecipeArn: pulumi.Output<string>;
    /** Billed hours. */
    declare public readonly trainingHours: pulumi.Output<number>;

    constructor(name: string, args: Args<SolutionVersionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("SolutionVersion", name, args, ["bestRecipeArn", "trainingHours"], opts);
    }
}

/** Serves a version; billed from ACTIVE until it is deleted. Version and minimum TPS are updated in place. */
export class Campaign extends PersonalizeResource<CampaignInputs> {
    constructor(name: string, args: Args<CampaignInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Campaign", name, args, [], opts);
    }
}

/** Dataset of items or users. Nullable fields are added in place; any other change replaces it. */
export class MetadataDataset extends PersonalizeResource<MetadataDatasetInputs> {
    constructor(name: string, args: Args<MetadataDatasetInputs>, opts?: pulumi.CustomResourceOptions) {
        super("MetadataDataset", name, args, [], opts);
    }
}

/** A filter for recommendation requests. Any change except of tags replaces it. */
export class Filter extends PersonalizeResource<FilterInputs> {
    constructor(name: string, args: Args<FilterInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Filter", name, args, [], opts);
    }
}

/** Receives events. Any change except of tags replaces it, with a new tracking id. */
export class EventTracker extends PersonalizeResource<EventTrackerInputs> {
    /** Id for PutEvents. */
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

/** State flags in SSM parameters; destroy removes them. */
export class StateFlagsParameters extends PersonalizeResource<StateFlagsInputs> {
    constructor(name: string, args: Args<StateFlagsInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Marks", name, args, [], opts);
    }
}

/** Throttles of 0 for every method of a stage, before its method settings exist. */
export class ClosedStage extends PersonalizeResource<ClosedStageInputs> {
    constructor(name: string, args: Args<ClosedStageInputs>, opts?: pulumi.CustomResourceOptions) {
        super("ClosedStage", name, args, [], opts);
    }
}

/** The random id of the stack, made once. Every new Personalize resource has it in a tag. */
export class StackOwner extends PersonalizeResource<StackOwnerInputs> {
    declare public readonly ownerId: pulumi.Output<string>;
    declare public readonly previousStack: pulumi.Output<string>;
    declare public readonly trailBucketName: pulumi.Output<string>;

    constructor(name: string, args: Args<StackOwnerInputs>, opts?: pulumi.CustomResourceOptions) {
        super("StackOwner", name, args, ["ownerId", "previousStack"], opts);
    }
}

/**
 * The id of the stack, its name before an unfinished rename (else empty), and the name of its trail's bucket. The
 * promise resolves after the check that no other stack in the account has the names. Declare all other resources later,
 * so that a refused `up` creates nothing.
 */
export async function stackOwner(
    { region, tags, names, nameSuffix, adopt, monthlyLimitUsd }: StackConfig,
    bucketName: string,
    plan: PlannedStack,
): Promise<{
    readonly ownerId: pulumi.Output<string>;
    readonly previousStack: string;
    readonly trailBucketName: pulumi.Output<string>;
}> {
    const datasetGroupName = adopt.datasetGroup === undefined ? names.datasetGroup : undefined;
    const trailBucketName = trailBucketNameFor(bucketName);
    const priced = { plan, limitIsSet: monthlyLimitUsd !== undefined };
    const owner = new StackOwner("owner", {
        region,
        tags,
        datasetGroupName,
        nameSuffix,
        bucketName,
        trailBucketName,
        priced,
    });
    await new Promise((resolve) => owner.urn.apply(resolve));
    // `up --target` skips the create of an untargeted owner. Its outputs are then unknown, and `apply` would never run.
    const { isKnown } = owner.previousStack as unknown as { readonly isKnown: Promise<boolean> };
    const previousStack = (await isKnown)
        ? await new Promise<string>((resolve) => owner.previousStack.apply(resolve))
        : "";
    return { ownerId: owner.ownerId, previousStack, trailBucketName: owner.trailBucketName };
}

/** Deadline in minutes for resources that usually need about a minute. */
export const quickDeadlineMinutes = 30;

/** Common inputs of all Personalize resources of a stack with this id, for a deadline in minutes. */
export const withinOf = (config: StackConfig, owner: pulumi.Input<string>) => (deadlineMinutes: number) => ({
    region: config.region,
    tags: pulumi.output(owner).apply((id) => ({ ...config.tags, [ownerTag]: id })),
    pollSeconds: config.pollSeconds,
    deadlineMinutes,
});
