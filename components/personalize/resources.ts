import type * as pulumi from "@pulumi/pulumi";
import { HandledResource, type ResourceArgs, useHandlers } from "pulumi-personalize";
import { type StackConfig, trailBucketNameFor } from "../../config/config.ts";
import type { PlannedStack } from "../../cost/planned-stack.ts";
import type { AwaitedListsInputs } from "../../personalize/operations/awaited-lists.ts";
import type { ClosedStageInputs } from "../../personalize/operations/closed-stage.ts";
import type { StateFlagsInputs } from "../../personalize/operations/state-flags.ts";
import type { StackOwnerInputs } from "../../personalize/stack-owner.ts";
import { isKnown } from "../common/known-after.ts";

// `#handlers` is an entry of `imports` in package.json, for the file personalize/handlers.ts.
useHandlers("#handlers");

/** The state flags in SSM parameters, which destroy removes. */
export class StateFlagsParameters extends HandledResource<StateFlagsInputs> {
    constructor(name: string, args: ResourceArgs<StateFlagsInputs>, opts?: pulumi.CustomResourceOptions) {
        super("StateFlags", name, args, [], opts);
    }
}

/** Sets a throttle of 0 for every method of a stage until the stage's own method settings exist. */
export class ClosedStage extends HandledResource<ClosedStageInputs> {
    constructor(name: string, args: ResourceArgs<ClosedStageInputs>, opts?: pulumi.CustomResourceOptions) {
        super("ClosedStage", name, args, [], opts);
    }
}

/** A resource whose creation waits until the lists of batch inference are live. */
export class AwaitedLists extends HandledResource<AwaitedListsInputs> {
    constructor(name: string, args: ResourceArgs<AwaitedListsInputs>, opts?: pulumi.CustomResourceOptions) {
        super("AwaitedLists", name, args, [], opts);
    }
}

/** The random ID of the stack, generated once. Every new Personalize resource has it in a tag. */
class StackOwner extends HandledResource<StackOwnerInputs> {
    declare public readonly ownerId: pulumi.Output<string>;
    declare public readonly previousStack: pulumi.Output<string>;
    declare public readonly trailBucketName: pulumi.Output<string>;

    constructor(name: string, args: ResourceArgs<StackOwnerInputs>, opts?: pulumi.CustomResourceOptions) {
        super("StackOwner", name, args, ["ownerId", "previousStack"], opts);
    }
}

/**
 * Returns the ID of the stack, the stack's name before an unfinished rename (empty without such a rename), and the name
 * of its trail's bucket. The promise resolves after the check that no other stack in the account has the same names.
 * Declare all other resources later, so that a rejected `up` creates nothing.
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
    // If the resource `owner` is not a target of `up --target`, Pulumi does not create it. The outputs of `owner` are
    // then unknown, and `apply` never calls its function, so check `isKnown` first.
    const previousStack = (await isKnown(owner.previousStack))
        ? await new Promise<string>((resolve) => owner.previousStack.apply(resolve))
        : "";
    return { ownerId: owner.ownerId, previousStack, trailBucketName: owner.trailBucketName };
}

/** Deadline in minutes for resources that usually need about a minute. */
export const quickDeadlineMinutes = 30;

/** Returns a function from a deadline in minutes to the common inputs of the stack's Personalize resources. */
export const createDeadlineInputs =
    (config: StackConfig, owner: pulumi.Input<string>) => (deadlineMinutes: number) => ({
        region: config.region,
        tags: config.tags,
        owner,
        pollSeconds: config.pollSeconds,
        deadlineMinutes,
    });
