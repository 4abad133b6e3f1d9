import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, regionalArn, type ServiceCaller } from "policy-evaluator";
import { functionTrust, scheduleTrust } from "../../core/iam/function-access.ts";
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
    readonly caller: pulumi.Input<ServiceCaller>;
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
        const { caller, functionName, config } = args;
        const { tags } = config;
        const child = { parent: this };
        // Without this log group, Lambda creates one that never expires.
        const logs = new aws.cloudwatch.LogGroup(
            name,
            { name: `/aws/lambda/${functionName}`, retentionInDays: logDays, tags },
            child,
        );
        const { roleName, description, policy } = args;
        const role = serviceRole(
            name,
            {
                roleName,
                caller,
                description,
                config,
                trust: pulumi.output(caller).apply((resolvedCaller) => functionTrust(resolvedCaller, functionName)),
                policy,
            },
            child,
        );
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
        const arn = pulumi
            .output(caller)
            .apply((resolvedCaller) => regionalArn(resolvedCaller, "lambda", `function:${functionName}`));
        this.arn = knownAfter(arn, lambdaFunction, invoking);
        this.registerOutputs({ arn: this.arn });
    }
}

interface ScheduleArgs {
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
