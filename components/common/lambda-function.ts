import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument, ServiceCaller } from "policy-evaluator";
import type { StackConfig } from "../../core/config/config.ts";
import { functionArn, functionTrust, schedulePolicy, scheduleTrust } from "../../core/iam/function-access.ts";
import { knownAfter } from "./known-after.ts";
import { lambdaBundle, lambdaRuntime } from "./lambda-bundle.ts";
import { type RoleConfig, serviceRole } from "./service-role.ts";

export interface LambdaFunctionArgs {
    /** Folder in `app/functions/`. */
    readonly code: string;
    readonly functionName: string;
    readonly roleName: string;
    readonly description: string;
    /** Further files in the archive of the function's code; the keys are their names. */
    readonly beside?: Readonly<Record<string, pulumi.asset.Asset>>;
    readonly timeoutSeconds: number;
    /** Memory in MiB; 256 by default. */
    readonly memorySize?: number;
    /** Whether X-Ray traces the function's requests. */
    readonly traced?: boolean;
    readonly caller: ServiceCaller;
    readonly policy: pulumi.Input<PolicyDocument>;
    readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
    /** ARN of the queue for events that failed after all retries; absent for synchronous calls. */
    readonly failuresArn?: pulumi.Input<string>;
    readonly config: RoleConfig;
    /** Resources that must exist from before the function's creation until its deletion. */
    readonly after?: readonly pulumi.Resource[];
}

/** Retention of logs, in days. */
export const logDays = 90;

/** A Lambda function with its own log group and role. Events that fail twice go to the queue, if one is given. */
export class LambdaFunction extends pulumi.ComponentResource {
    public readonly arn: pulumi.Output<string>;
    public readonly functionName: pulumi.Output<string>;

    constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:lambda:LambdaFunction", name, {}, opts);
        const { caller, functionName, roleName, description, policy, config } = args;
        const { tags } = config;
        const child = { parent: this };
        // Without this log group, Lambda creates one that never expires.
        const logs = new aws.cloudwatch.LogGroup(
            name,
            { name: `/aws/lambda/${functionName}`, retentionInDays: logDays, tags },
            child,
        );
        const trust = functionTrust(caller, functionName);
        const role = serviceRole(name, { roleName, caller, description, config, trust, policy }, child);
        const lambdaFunction = new aws.lambda.Function(
            name,
            {
                ...lambdaRuntime,
                name: functionName,
                description,
                role,
                code: lambdaBundle(args.code, args.beside),
                memorySize: args.memorySize ?? 256,
                ...(args.traced && { tracingConfig: { mode: "Active" } }),
                timeout: args.timeoutSeconds,
                environment: { variables: args.environment },
                tags,
            },
            { ...child, dependsOn: [logs, ...(args.after ?? [])] },
        );
        const invoking =
            args.failuresArn === undefined
                ? undefined
                : new aws.lambda.FunctionEventInvokeConfig(
                      name,
                      {
                          functionName: lambdaFunction.name,
                          maximumRetryAttempts: 1,
                          maximumEventAgeInSeconds: 900,
                          destinationConfig: { onFailure: { destination: args.failuresArn } },
                      },
                      child,
                  );
        this.functionName = lambdaFunction.name;
        this.arn = knownAfter(functionArn(caller, functionName), lambdaFunction, invoking);
        this.registerOutputs({ arn: this.arn });
    }
}

export interface ScheduledFunctionArgs extends LambdaFunctionArgs {
    /** ARN of the queue for events that failed, in the function or before its start. */
    readonly failuresArn: pulumi.Input<string>;
    readonly config: RoleConfig & Pick<StackConfig, "names">;
    readonly schedule: {
        readonly roleName: string;
        /** The words for the function in descriptions, such as `the cost guard`. */
        readonly starts: string;
        /** Sid of the statement that allows the role to start the function. */
        readonly sid: string;
        /** Schedule expression, such as `rate(5 minutes)` (EventBridge Scheduler User Guide, "Rate-based schedules"). */
        readonly expression: string;
        /** By default, a failed start is not repeated. */
        readonly retryPolicy?: { readonly maximumRetryAttempts: number; readonly maximumEventAgeInSeconds: number };
    };
}

/** Creates a function, and a schedule of the same name that starts the function periodically, with its own role. */
export function scheduledFunction(
    name: string,
    args: ScheduledFunctionArgs,
    opts: { readonly parent: pulumi.Resource },
) {
    const { caller, functionName, failuresArn, config, schedule } = args;
    const { roleName, starts, sid, retryPolicy } = schedule;
    const lambdaFunction = new LambdaFunction(name, args, opts);
    const roleArn = serviceRole(
        `${name}-schedule`,
        {
            roleName,
            caller,
            description: `EventBridge Scheduler uses this role to start ${starts}`,
            trust: scheduleTrust(caller),
            policy: schedulePolicy(caller, sid, functionName, config.names.failures),
            config,
        },
        opts,
    );
    // The schedule itself has no tags, because in EventBridge Scheduler only a schedule group can have tags.
    new aws.scheduler.Schedule(
        name,
        {
            name: functionName,
            description: `Starts ${starts}`,
            scheduleExpression: schedule.expression,
            flexibleTimeWindow: { mode: "OFF" },
            target: {
                arn: lambdaFunction.arn,
                roleArn,
                retryPolicy: retryPolicy ?? { maximumRetryAttempts: 0, maximumEventAgeInSeconds: 900 },
                deadLetterConfig: { arn: failuresArn },
            },
        },
        opts,
    );
    return lambdaFunction;
}
