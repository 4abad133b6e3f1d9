import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument } from "policy-evaluator";
import { scheduleTrust } from "../../iam/function-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import type { LambdaFunction } from "./lambda-function.ts";
import { type RoleConfig, serviceRole } from "./service-role.ts";

export interface ScheduleArgs {
    /** Physical name of the schedule. */
    readonly scheduleName: string;
    readonly roleName: string;
    /** The words for the started function in descriptions, such as `the cost guard`. */
    readonly starts: string;
    readonly target: LambdaFunction;
    /** Schedule expression, such as `rate(5 minutes)` (EventBridge Scheduler User Guide, "Rate-based schedules"). */
    readonly expression: string;
    readonly retryPolicy: { readonly maximumRetryAttempts: number; readonly maximumEventAgeInSeconds: number };
    readonly caller: pulumi.Input<ServiceCaller>;
    /** Permissions of the role: start the function, and send failed events to the queue. */
    readonly policy: pulumi.Input<PolicyDocument>;
    /** ARN of the queue for events that failed to start the function. */
    readonly failuresArn: pulumi.Input<string>;
    readonly config: RoleConfig;
}

/** Creates a schedule that starts a function periodically, with its own role. */
export function schedule(name: string, args: ScheduleArgs, opts: pulumi.CustomResourceOptions): void {
    const { roleName, starts } = args;
    const roleArn = serviceRole(
        `${name}-schedule`,
        {
            roleName,
            caller: args.caller,
            description: `EventBridge Scheduler uses this role to start ${starts}`,
            trust: pulumi.output(args.caller).apply(scheduleTrust),
            policy: args.policy,
            config: args.config,
        },
        opts,
    );
    // The schedule itself has no tags, because in EventBridge Scheduler only a schedule group can have tags.
    new aws.scheduler.Schedule(
        name,
        {
            name: args.scheduleName,
            description: `Starts ${starts}`,
            scheduleExpression: args.expression,
            flexibleTimeWindow: { mode: "OFF" },
            target: {
                arn: args.target.arn,
                roleArn,
                retryPolicy: args.retryPolicy,
                deadLetterConfig: { arn: args.failuresArn },
            },
        },
        opts,
    );
}
