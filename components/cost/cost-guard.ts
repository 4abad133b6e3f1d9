import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import type { ServingTargets } from "../../app/functions/cost-guard/counted-metrics.ts";
import type { GuardSettings } from "../../app/functions/cost-guard/handler.ts";
import { campaignNameOf, findPrefetch, isBatch, prefetches, type StackConfig } from "../../core/config/config.ts";
import { type IdleAction, pickGuardValues } from "../../core/cost/guard-config.ts";
import { type GuardScope, guardPolicy } from "../../core/iam/guard-access.ts";
import { toServedPlace } from "../../core/operations/close-api.ts";
import { nameInArn } from "../../core/operations/operation.ts";
import { counted } from "../../data-prep/words.ts";
import { scheduledFunction } from "../common/lambda-function.ts";

export interface CostGuardArgs {
    readonly config: StackConfig;
    readonly caller: ServiceCaller;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly idleAction: IdleAction;
    readonly topicArn: pulumi.Input<string>;
    readonly failuresArn: pulumi.Input<string>;
    /** ID of the stack. Solutions of another stack with the same name do not belong to this stack. */
    readonly owner: pulumi.Input<string>;
    /** The stack's record with the state flags. The guard writes flags, so Pulumi must delete the guard first. */
    readonly record: pulumi.Resource;
}

/**
 * A Lambda function that checks the cost of the campaign, the API and the page every few minutes, and parks the
 * campaign if necessary.
 */
export class CostGuard extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;

    constructor(name: string, args: CostGuardArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:cost:CostGuard", name, {}, opts);
        const { config, caller, failuresArn } = args;
        const { names, guardMinutes } = config;
        const guard = scheduledFunction(
            name,
            {
                code: "cost-guard",
                functionName: names.costGuard,
                roleName: names.costGuardRole,
                description: "Watches the cost of the campaign and parks it at the monthly limit",
                timeoutSeconds: 120,
                caller,
                policy: guardPolicy(createGuardScope(config, caller), {
                    unusedAction: config.unused.action,
                    api: config.api,
                    batch: isBatch(config),
                }),
                environment: { GUARD_CONFIG: pulumi.jsonStringify(createSettings(args)) },
                failuresArn,
                config,
                after: [args.record],
                schedule: {
                    roleName: names.scheduleRole,
                    starts: "the cost guard",
                    sid: "StartsGuard",
                    expression: `rate(${counted(guardMinutes, "minute")})`,
                    // Do not retry for long: if a run fails, the next scheduled run does its work.
                    retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: guardMinutes * 60 },
                },
            },
            { parent: this },
        );
        this.functionName = guard.functionName;
        this.registerOutputs({ functionName: this.functionName });
    }
}

function createSettings(args: CostGuardArgs): pulumi.Output<GuardSettings> {
    const { config, caller, monthlyLimitUsd, idleAction } = args;
    const { api } = config;
    return pulumi.all([args.topicArn, args.owner]).apply(([topicArn, owner]) => ({
        ...pickGuardValues(config),
        monthlyLimitUsd,
        idleAction,
        prefetches: prefetches(config),
        campaignArn: regionalArn(caller, "personalize", `campaign/${campaignNameOf(config)}`),
        topicArn,
        owner,
        prefetch: findPrefetch(config),
        batchSolution: isBatch(config) ? nameInArn(config.adopt.solution ?? config.names.solution) : undefined,
        customMetrics: config.observability.customMetrics,
        // Pass the table's name instead of the resource: Pulumi creates the guard before the table and deletes the
        // guard after it.
        tableName: api ? config.names.api : undefined,
        serving: api
            ? {
                  ...toServedPlace(config),
                  functions: functionsOf(config),
                  traces: config.observability.traces,
                  jobsTable: isBatch(config) ? config.names.api : undefined,
              }
            : undefined,
    }));
}

/** Returns the stack's functions, with their memory in GiB. */
function functionsOf(config: StackConfig): ServingTargets["functions"] {
    const { names } = config;
    const api = [
        { name: names.api, gb: 0.5 },
        { name: names.tableOperations, gb: 0.25 },
    ];
    return [
        { name: names.costGuard, gb: 0.25 },
        ...(config.api ? api : []),
        ...(prefetches(config) ? [{ name: names.prefetch, gb: 0.5 }] : []),
        ...(isBatch(config) ? [{ name: names.batchLists, gb: 1 }] : []),
        ...(config.chatWebhookParameter === undefined ? [] : [{ name: names.notifier, gb: 0.25 }]),
    ];
}

/** Returns the input for the policies of the guard's roles. */
export const createGuardScope = (config: StackConfig, caller: ServiceCaller): GuardScope => ({
    ...caller,
    project: config.project,
    stack: config.stack,
    names: config.names,
    campaign: campaignNameOf(config),
    edge: config.storefront === "cloudfront",
});
