import * as pulumi from "@pulumi/pulumi";
import { regionalArn } from "policy-evaluator";
import type { GuardSettings } from "../../app/functions/cost-guard/handler.ts";
import type { StackConfig } from "../../config/config.ts";
import { guardPolicy, schedulePolicy } from "../../iam/guard-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import { LambdaFunction } from "../common/lambda-function.ts";
import { schedule } from "../common/schedule.ts";
import { guardScopeOf } from "./guard-scope.ts";

export interface CostGuardArgs {
    readonly config: StackConfig;
    readonly caller: pulumi.Input<ServiceCaller>;
    /** US dollars. */
    readonly monthlyLimitUsd: number;
    readonly topicArn: pulumi.Input<string>;
    readonly failuresArn: pulumi.Input<string>;
    /** The stack's marks: the guard writes some, so it is gone before they are taken away. */
    readonly stateFlags: pulumi.Resource;
}

/** A function that looks every few minutes at what the campaign costs, and stops it where it must. */
export class CostGuard extends pulumi.ComponentResource {
    public readonly functionName: pulumi.Output<string>;

    constructor(name: string, args: CostGuardArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:cost:CostGuard", name, {}, opts);
        const { config, caller, failuresArn } = args;
        const { names, tags, permissionsBoundary, cost, serving } = config;
        const child = { parent: this };
        const scope = guardScopeOf(config, caller);

        const guard = new LambdaFunction(
            name,
            {
                code: "cost-guard",
                functionName: names.costGuard,
                roleName: names.costGuardRole,
                description: "Watches what the campaign costs, and parks it at the limit",
                timeoutSeconds: 120,
                caller,
                policy: scope.apply((known) =>
                    guardPolicy(known, { unusedAction: cost.unusedAction, api: serving.api }),
                ),
                environment: { GUARD_CONFIG: pulumi.jsonStringify(settingsOf(args)) },
                failuresArn,
                permissionsBoundary,
                tags,
                after: [args.stateFlags],
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
                expression: everyMinutes(cost.guardMinutes),
                // The next run makes up for one that was missed.
                retryPolicy: { maximumRetryAttempts: 2, maximumEventAgeInSeconds: cost.guardMinutes * 60 },
                policy: scope.apply(schedulePolicy),
                ...{ caller, failuresArn, permissionsBoundary, tags },
            },
            child,
        );
        this.functionName = guard.functionName;
        this.registerOutputs({ functionName: this.functionName });
    }
}

/** Schedule expression (EventBridge Scheduler User Guide, "Rate-based schedules"). */
export const everyMinutes = (minutes: number) => `rate(${minutes} minute${minutes === 1 ? "" : "s"})`;

function settingsOf({ config, caller, monthlyLimitUsd, topicArn }: CostGuardArgs): pulumi.Output<GuardSettings> {
    const { project, stack, recipe, cost } = config;
    const { idleHours, idleGraceHours, idleAction, unusedDays, unusedAction } = cost;
    const told = { idleHours, idleGraceHours, idleAction, unusedDays, unusedAction, monthlyLimitUsd };
    return pulumi.all([guardScopeOf(config, caller), topicArn]).apply(([scope, topic]) => ({
        project,
        stack,
        recipe,
        ...told,
        campaignArn: regionalArn(scope, "personalize", `campaign/${scope.campaign}`),
        rankingCampaignArn: scope.ranking && regionalArn(scope, "personalize", `campaign/${scope.ranking}`),
        topicArn: topic,
        // By its name, like the campaigns: the guard is there before the table, and after it.
        tableName: config.serving.api ? config.names.api : undefined,
    }));
}
