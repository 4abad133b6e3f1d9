import * as pulumi from "@pulumi/pulumi";
import type { ServiceCaller } from "policy-evaluator";
import { ownerTag } from "pulumi-personalize";
import { pickBatchValues } from "../../app/batch/ports.ts";
import type { BatchTargets } from "../../app/functions/batch-lists/ports.ts";
import type { StackConfig } from "../../core/config/config.ts";
import { batchListsPolicy } from "../../core/iam/batch-access.ts";
import { scheduledFunction } from "../common/lambda-function.ts";
import { AwaitedLists } from "../personalize/resources.ts";
import { createApiScope } from "./api-function.ts";

export interface BatchListsArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    readonly tableName: pulumi.Input<string>;
    /** Name of the data bucket. */
    readonly bucketName: string;
    /** ARN of the solution version that this `pulumi up` uses. */
    readonly solutionVersionArn: pulumi.Input<string>;
    /** ARN of the default filter; empty if the stack has none. */
    readonly watchedFilterArn: pulumi.Input<string>;
    /** Role that Personalize assumes. */
    readonly roleArn: pulumi.Input<string>;
    /** Id of the stack. */
    readonly owner: pulumi.Input<string>;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly topicArn: pulumi.Input<string>;
    readonly failuresArn: pulumi.Input<string>;
    /** Resources that must exist before the first job: data, tables of the version, budget. */
    readonly after: readonly pulumi.Resource[];
}

/**
 * A function that lets Personalize make the lists of all active viewers by batch inference, and loads them into the
 * API's table. `pulumi up` waits until the lists of its solution version are live.
 */
export class BatchLists extends pulumi.ComponentResource {
    /** Resource that exists as soon as the lists of this `pulumi up`'s version are live. */
    public readonly live: pulumi.Resource;

    constructor(name: string, args: BatchListsArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:serving:BatchLists", name, {}, opts);
        const { config, caller, failuresArn, solutionVersionArn } = args;
        const { names } = config;
        const child = { parent: this };
        const lists = scheduledFunction(
            name,
            {
                code: "batch-lists",
                functionName: names.batchLists,
                roleName: names.batchListsRole,
                description: "Lets Personalize make the viewers' lists by batch inference, and loads them",
                timeoutSeconds: 900,
                // This memory (MB) is enough for interactions with 60 million rows, or for the lists of 5 million
                // viewers.
                memorySize: 1024,
                caller,
                policy: batchListsPolicy({ ...config, ...createApiScope(config, caller), names }),
                environment: { BATCH_CONFIG: pulumi.jsonStringify(createSettings(args)) },
                failuresArn,
                config,
                after: args.after,
                schedule: {
                    roleName: names.batchListsScheduleRole,
                    starts: "the lists from batch inference",
                    sid: "StartLists",
                    // Frequent runs are cheap, because a run does nothing while the function's next step is not
                    // possible yet.
                    expression: "rate(15 minutes)",
                },
            },
            child,
        );
        this.live = new AwaitedLists(
            name,
            {
                region: config.region,
                // Use `arn` as an input, although only the name is needed: Pulumi knows the ARN only after it has
                // updated the function. `pulumi up` therefore waits for lists that the updated function made.
                functionName: pulumi.all([lists.functionName, lists.arn]).apply(([functionName]) => functionName),
                solutionVersionArn,
                pollSeconds: config.pollSeconds,
            },
            child,
        );
        this.registerOutputs({});
    }
}

function createSettings({ config, ...args }: BatchListsArgs): pulumi.Output<BatchTargets> {
    const { bucketName, monthlyLimitUsd } = args;
    return pulumi
        .all([args.tableName, args.solutionVersionArn, args.watchedFilterArn, args.roleArn, args.topicArn, args.owner])
        .apply(
            ([tableName, solutionVersionArn, watchedFilterArn, roleArn, topicArn, owner]): BatchTargets => ({
                ...pickBatchValues(config),
                ...{ bucketName, monthlyLimitUsd, tableName, topicArn, roleArn, solutionVersionArn, watchedFilterArn },
                jobNamePrefix: config.names.batchLists,
                tags: { ...config.tags, [ownerTag]: owner },
            }),
        );
}
