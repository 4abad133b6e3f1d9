import * as pulumi from "@pulumi/pulumi";
import { regionalArn, type ServiceCaller } from "policy-evaluator";
import type { ServingTargets } from "../../app/functions/cost-guard/counted-metrics.ts";
import type { GuardSettings } from "../../app/functions/cost-guard/handler.ts";
import { campaignNameOf, findPrefetch, isBatch, prefetches, type StackConfig } from "../../core/config/config.ts";
import { type IdleAction, pickGuardValues } from "../../core/cost/guard-config.ts";
import { type GuardScope, guardPolicy, schedulePolicy } from "../../core/iam/guard-access.ts";
import { toServedPlace } from "../../core/operations/close-api.ts";
import { nameInArn } from "../../core/operations/operation.ts";
import { LambdaFunction, schedule } from "../common/lambda-function.ts";

export interface CostGuardArgs {
    readonly config: StackConfig;
    readonly caller: pulumi.Input<ServiceCaller>;
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
        const child = { parent: this };
        const scope = createGuardScope(config, caller);

        const guard = new LambdaFunction(
            name,
            {
                code: "cost-guard",
                functionName: names.costGuard,
                roleName: names.costGuardRole,
                description: "Watches the cost of the campaign and parks it at the monthly limit",
                timeoutSeconds: 120,
                caller,
                policy: scope.apply((resolvedScope) =>
                    guardPolicy(resolvedScope, {
                        unusedAction: config.unused.action,
                        api: config.api,
                        batch: isBatch(config),
                    }),
                ),
                environment: { GUARD_CONFIG: pulumi.jsonStringify(createSettings(args)) },
                failuresArn,
                config,
                after: [args.record],
            },
            child,
        );
        schedule(
            name,
            {
                scheduleName: names.costGuard,
                roleName: names.scheduleRole,
                starts: "the cost guard",
                target: guard,
                expression: everyMinutes(guardMinutes),
                // Do not retry for long: if a run fails, the next scheduled run does its work.
                retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: guardMinutes * 60 },
                policy: scope.apply(schedulePolicy),
                caller,
                failuresArn,
                config,
            },
            child,
        );
        this.functionName = guard.functionName;
        this.registerOutputs({ functionName: this.functionName });
    }
}

/** Returns a schedule expression (EventBridge Scheduler User Guide, "Rate-based schedules"). */
const everyMinutes = (minutes: number) => `rate(${minutes} minute${minutes === 1 ? "" : "s"})`;

function createSettings({
    config,
    caller,
    monthlyLimitUsd,
    idleAction,
    topicArn,
    owner,
}: CostGuardArgs): pulumi.Output<GuardSettings> {
    const { api } = config;
    return pulumi.all([createGuardScope(config, caller), topicArn, owner]).apply(([scope, topic, id]) => ({
        ...pickGuardValues(config),
        monthlyLimitUsd,
        idleAction,
        prefetches: prefetches(config),
        campaignArn: regionalArn(scope, "personalize", `campaign/${scope.campaign}`),
        topicArn: topic,
        owner: id,
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
export function createGuardScope(config: StackConfig, caller: pulumi.Input<ServiceCaller>): pulumi.Output<GuardScope> {
    const { project, stack, names } = config;
    const campaign = campaignNameOf(config);
    const edge = config.storefront === "cloudfront";
    return pulumi
        .output(caller)
        .apply((resolvedCaller) => ({ ...resolvedCaller, project, stack, names, campaign, edge }));
}
