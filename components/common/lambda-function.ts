import * as aws from "@pulumi/aws";
import * as pulumi from "@pulumi/pulumi";
import type { PolicyDocument } from "policy-evaluator";
import { functionTrust } from "../../iam/function-access.ts";
import type { ServiceCaller } from "../../iam/import-access.ts";
import { lambdaBundle, lambdaRuntime } from "./lambda-bundle.ts";
import { serviceRole } from "./service-role.ts";

export interface LambdaFunctionArgs {
    /** The file of `lambda/` that is run, without its ending. */
    readonly code: string;
    readonly functionName: string;
    readonly roleName: string;
    readonly description: string;
    /** What lies beside the code, by file name. */
    readonly beside?: Readonly<Record<string, pulumi.asset.Asset>>;
    readonly timeoutSeconds: number;
    /** MiB; 256 where nothing is said. */
    readonly memorySize?: number;
    /** Whether X-Ray has its requests. */
    readonly traced?: boolean;
    readonly caller: pulumi.Input<ServiceCaller>;
    readonly policy: pulumi.Input<PolicyDocument>;
    readonly environment: Readonly<Record<string, pulumi.Input<string>>>;
    /** ARN of the queue that keeps what failed, tries and all; absent where who calls is told at once. */
    readonly failuresArn?: pulumi.Input<string>;
    readonly permissionsBoundary: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
    /** What must be there before it runs, and stay until it runs no more. */
    readonly after?: readonly pulumi.Resource[];
}

/** Days that logs are kept. */
export const logDays = 90;

/** A function of ours with its own log group and role; what it fails at twice goes to a queue, where there is one. */
export class LambdaFunction extends pulumi.ComponentResource {
    /** Known only when the function has its rights. */
    public readonly arn: pulumi.Output<string>;
    public readonly functionName: pulumi.Output<string>;

    constructor(name: string, args: LambdaFunctionArgs, opts?: pulumi.ComponentResourceOptions) {
        super("movie-recommender:lambda:LambdaFunction", name, {}, opts);
        const { caller, functionName, tags } = args;
        const child = { parent: this };
        // Made here, or Lambda makes one itself that keeps everything for ever.
        const logs = new aws.cloudwatch.LogGroup(
            name,
            { name: `/aws/lambda/${functionName}`, retentionInDays: logDays, tags },
            child,
        );
        const { roleName, description, policy: document, permissionsBoundary } = args;
        const { role, policy } = serviceRole(
            name,
            {
                ...{ roleName, description, permissionsBoundary, tags },
                trust: pulumi.output(caller).apply((known) => functionTrust(known, functionName)),
                policyName: "work",
                policy: document,
            },
            child,
        );
        const made = new aws.lambda.Function(
            name,
            {
                ...lambdaRuntime,
                name: functionName,
                description,
                role: role.arn,
                code: lambdaBundle(args.code, args.beside),
                memorySize: args.memorySize ?? 256,
                ...(args.traced && { tracingConfig: { mode: "Active" } }),
                timeout: args.timeoutSeconds,
                environment: { variables: args.environment },
                tags,
            },
            { ...child, dependsOn: [logs, policy, ...(args.after ?? [])] },
        );
        const invoking =
            args.failuresArn === undefined
                ? undefined
                : new aws.lambda.FunctionEventInvokeConfig(
                      name,
                      {
                          functionName: made.name,
                          maximumRetryAttempts: 1,
                          maximumEventAgeInSeconds: 900,
                          destinationConfig: { onFailure: { destination: args.failuresArn } },
                      },
                      // Lambda looks at once whether the role may send there.
                      { ...child, dependsOn: policy },
                  );
        this.functionName = made.name;
        this.arn = pulumi.all([made.arn, invoking?.id]).apply(([arn]) => arn);
        this.registerOutputs({ arn: this.arn });
    }
}
