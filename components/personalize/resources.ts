import * as pulumi from "@pulumi/pulumi";
import { HandledResource, Owner, type ResourceArgs, useHandlers } from "pulumi-personalize";
import type { Experiment } from "../../app/serving/experiment.ts";
import type { StackConfig } from "../../core/config/config.ts";
import type { PlannedStack } from "../../core/cost/planned-stack.ts";
import type { AwaitedListsInputs } from "../../core/operations/awaited-lists.ts";
import type { ClosedStageInputs } from "../../core/operations/close-api.ts";
import type { StackRecordInputs } from "../../core/operations/stack-record.ts";
import { stateFlagsPath } from "../../core/operations/state-flags.ts";
import { isKnown } from "../common/known-after.ts";

// `#handlers` is an entry of `imports` in package.json, for the file core/operations/handlers.ts.
useHandlers("#handlers");

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

/** The record of the stack, and its state flags in SSM parameters, which `pulumi destroy` removes. */
class StackRecord extends HandledResource<StackRecordInputs> {
    declare public readonly previousStack: pulumi.Output<string>;
    /** True in a stack of a release whose default is to park an idle campaign. */
    declare public readonly parksIdle: pulumi.Output<true | undefined>;
    /** Start of the running experiment in epoch milliseconds; undefined without one. */
    declare public readonly experimentSince: pulumi.Output<number | undefined>;

    constructor(name: string, args: ResourceArgs<StackRecordInputs>, opts?: pulumi.CustomResourceOptions) {
        super("StateFlags", name, args, ["previousStack", "parksIdle", "experimentSince"], opts);
    }
}

/**
 * Declares the stack's owner and its record. Returns the owner's ID, the record, which must be deleted after everything
 * that writes state flags, the stack's name before an unfinished rename (empty without such a rename), config
 * `idle.action` or its default, which depends on the release that created the stack, and the running experiment. The
 * promise resolves after the check that no other stack in the account has the same names. Declare all other resources
 * later, so that a rejected `up` creates nothing.
 */
export async function declareStack(
    { stack, region, tags, names, nameSuffix, adopt, monthlyLimitUsd, idle, experiment }: StackConfig,
    bucketName: string,
    plan: PlannedStack,
) {
    const former = { type: "pulumi-nodejs:dynamic/personalize:StackOwner" };
    const { id: owner } = new Owner("owner", { aliases: [former] });
    const record = new StackRecord(
        "stack",
        {
            region,
            tags,
            path: stateFlagsPath(stack),
            datasetGroupName: names.datasetGroup,
            adopt,
            nameSuffix,
            bucketName,
            owner,
            priced: { plan, limitIsSet: monthlyLimitUsd !== undefined },
            experiment,
        },
        // Its place in states of earlier releases.
        {
            aliases: [
                { name: "movies", parent: pulumi.createUrn("movies", "movie-recommender:personalize:Recommender") },
            ],
        },
    );
    await new Promise((resolve) => record.urn.apply(resolve));
    // If the record is not a target of `up --target`, Pulumi does not create it. Its outputs are then unknown, and
    // `apply` never calls its function, so check `isKnown` first.
    const known = async <T>(output: pulumi.Output<T>) =>
        (await isKnown(output)) ? new Promise<T>((resolve) => output.apply(resolve)) : undefined;
    const since = await known(record.experimentSince);
    return {
        owner,
        record,
        experiment: experiment && since !== undefined ? ({ ...experiment, since } satisfies Experiment) : undefined,
        previousStack: (await known(record.previousStack)) ?? "",
        idleAction: idle.action ?? ((await known(record.parksIdle)) ? ("park" as const) : ("announce" as const)),
    };
}
