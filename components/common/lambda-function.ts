import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import { type PolicyDocument, regionalArn } from "policy-evaluator";
import { functionTrust } from "../../iam/function-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
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
