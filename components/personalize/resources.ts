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
 * One thin class for each kind of resource; `personalize/` has their lifecycle. The resource ID is the ARN. Connect
 * resources with `.id`, which a preview knows while it updates a resource in place.
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

/** An Avro schema of a dataset. Any change replaces it. */
export class Schema extends PersonalizeResource<SchemaInputs> {
    constructor(name: string, args: Args<SchemaInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Schema", name, args, [], opts);
    }
}

/** A container of datasets and solutions. A new name replaces it with everything in it. */
export class DatasetGroup extends PersonalizeResource<DatasetGroupInputs> {
    constructor(name: string, args: Args<DatasetGroupInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetGroup", name, args, [], opts);
    }
}

/** The dataset of item interactions. Any change except of tags replaces it. */
export class Dataset extends PersonalizeResource<DatasetInputs> {
    constructor(name: string, args: Args<DatasetInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Dataset", name, args, [], opts);
    }
}

/** One import of one content. New content needs a new job. A deletion does nothing in AWS. */
export class DatasetImportJob extends PersonalizeResource<DatasetImportJobInputs> {
    declare public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: Args<DatasetImportJobInputs>, opts?: pulumi.CustomResourceOptions) {
        super("DatasetImportJob", name, args, ["jobName"], opts);
    }
}

/** The configuration of a training. Automatic training is updated in place; any other change replaces the solution. */
export class Solution extends PersonalizeResource<SolutionInputs> {
    constructor(name: string, args: Args<SolutionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Solution", name, args, [], opts);
    }
}

/** One billed training. A deletion does nothing in AWS: the version disappears with its solution. */
export class SolutionVersion extends PersonalizeResource<SolutionVersionInputs> {
    /** The recipe of the training; with AutoML, the recipe that Personalize chose. */
    declare public readonly bestRecipeArn: pulumi.Output<string>;
    /** Billed training hours. */
    declare public readonly trainingHours: pulumi.Output<number>;

    constructor(name: string, args: Args<SolutionVersionInputs>, opts?: pulumi.CustomResourceOptions) {
        super("SolutionVersion", name, args, ["bestRecipeArn", "trainingHours"], opts);
    }
}

/**
 * A campaign, which serves a version. It is billed from ACTIVE until its deletion. Version and minimum TPS are updated
 * in place.
 */
export class Campaign extends PersonalizeResource<CampaignInputs> {
    constructor(name: string, args: Args<CampaignInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Campaign", name, args, [], opts);
    }
}

/** A dataset of items or users. Nullable fields are added in place; any other change replaces it. */
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

/** An event tracker, which receives events. Any change except of tags replaces it, with a new tracking ID. */
export class EventTracker extends PersonalizeResource<EventTrackerInputs> {
    /** Tracking ID for PutEvents. */
    declare public readonly trackingId: pulumi.Output<string>;

    constructor(name: string, args: Args<EventTrackerInputs>, opts?: pulumi.CustomResourceOptions) {
        super("EventTracker", name, args, ["trackingId"], opts);
    }
}

/** Recommendations for a file of users, billed once. Any change starts another job. A deletion does nothing in AWS. */
export class BatchInferenceJob extends PersonalizeResource<BatchInferenceJobInputs> {
    declare public readonly jobName: pulumi.Output<string>;

    constructor(name: string, args: Args<BatchInferenceJobInputs>, opts?: pulumi.CustomResourceOptions) {
        super("BatchInferenceJob", name, args, ["jobName"], opts);
    }
}

/** The state flags in SSM parameters, which destroy removes. */
export class StateFlagsParameters extends PersonalizeResource<StateFlagsInputs> {
    constructor(name: string, args: Args<StateFlagsInputs>, opts?: pulumi.CustomResourceOptions) {
        super("Marks", name, args, [], opts);
    }
}

/** Sets a throttle of 0 for every method of a stage until the stage's own method settings exist. */
export class ClosedStage extends PersonalizeResource<ClosedStageInputs> {
    constructor(name: string, args: Args<ClosedStageInputs>, opts?: pulumi.CustomResourceOptions) {
        super("ClosedStage", name, args, [], opts);
    }
}

/** The random ID of the stack, generated once. Every new Personalize resource has it in a tag. */
class StackOwner extends PersonalizeResource<StackOwnerInputs> {
    declare public readonly ownerId: pulumi.Output<string>;
    declare public readonly previousStack: pulumi.Output<string>;
    declare public readonly trailBucketName: pulumi.Output<string>;

    constructor(name: string, args: Args<StackOwnerInputs>, opts?: pulumi.CustomResourceOptions) {
        super("StackOwner", name, args, ["ownerId", "previousStack"], opts);
    }
}

/**
 * Returns the ID of the stack, its name before an unfinished rename (otherwise empty), and the name of its trail's
 * bucket. The promise resolves after the check that no other stack in the account has the same names. Declare all other
 * resources later, so that a rejected `up` creates nothing.
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
    // `up --target` skips the creation of an untargeted owner. The owner's outputs are then unknown, and `apply` would
    // never run.
    const { isKnown } = owner.previousStack as unknown as { readonly isKnown: Promise<boolean> };
    const previousStack = (await isKnown)
        ? await new Promise<string>((resolve) => owner.previousStack.apply(resolve))
        : "";
    return { ownerId: owner.ownerId, previousStack, trailBucketName: owner.trailBucketName };
}

/** Deadline in minutes for resources that usually need about a minute. */
export const quickDeadlineMinutes = 30;

/** Returns a function from a deadline in minutes to the common inputs of the stack's Personalize resources. */
export const withinOf = (config: StackConfig, owner: pulumi.Input<string>) => (deadlineMinutes: number) => ({
    region: config.region,
    tags: pulumi.output(owner).apply((id) => ({ ...config.tags, [ownerTag]: id })),
    pollSeconds: config.pollSeconds,
    deadlineMinutes,
});
