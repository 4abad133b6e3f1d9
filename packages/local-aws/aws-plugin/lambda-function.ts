import { isDeepStrictEqual } from "node:util";
import {
    CreateFunctionCommand,
    DeleteFunctionCommand,
    DeleteFunctionConcurrencyCommand,
    type FunctionConfiguration,
    GetFunctionCommand,
    GetFunctionConcurrencyCommand,
    type LambdaClient,
    PutFunctionConcurrencyCommand,
    type Runtime,
    TagResourceCommand,
    UntagResourceCommand,
    UpdateFunctionCodeCommand,
    UpdateFunctionConfigurationCommand,
} from "@aws-sdk/client-lambda";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { zipOf } from "./archive.ts";
import {
    type AnyEntry,
    awsKeys,
    entry,
    goneKeys,
    named,
    type Properties,
    pulumiKeys,
    type Resolved,
    tagMap,
    withoutDefaults,
} from "./entry.ts";

const gone = "ResourceNotFoundException";

/** Lambda's defaults (API reference of CreateFunction; Terraform's `-1` for no reserved concurrency). */
const defaults = {
    description: "",
    packageType: "Zip",
    architectures: ["x86_64"],
    memorySize: 128,
    timeout: 3,
    environment: { variables: {} },
    tracingConfig: { mode: "PassThrough" },
    reservedConcurrentExecutions: -1,
    tags: {},
};

/** Functions from a zip file; layers, images and networks are not mapped. */
export function functionEntries(lambda: LambdaClient, region: string): Record<string, AnyEntry> {
    async function setConcurrency(FunctionName: string, wanted: number | undefined) {
        if (wanted === undefined || wanted < 0) {
            await lambda.send(new DeleteFunctionConcurrencyCommand({ FunctionName }));
        } else {
            const command = { FunctionName, ReservedConcurrentExecutions: wanted };
            await lambda.send(new PutFunctionConcurrencyCommand(command));
        }
    }
    const computedOf = (found: FunctionConfiguration) => {
        const { FunctionArn: arn = "" } = found;
        const invocations = (target: string) =>
            `arn:${arn.split(":")[1]}:apigateway:${region}:lambda:path/2015-03-31/functions/${target}/invocations`;
        return {
            arn,
            codeSha256: found.CodeSha256,
            version: found.Version,
            lastModified: found.LastModified,
            sourceCodeSize: found.CodeSize,
            qualifiedArn: `${arn}:${found.Version}`,
            invokeArn: invocations(arn),
            qualifiedInvokeArn: invocations(`${arn}:${found.Version}`),
        };
    };
    return {
        "aws:lambda/function:Function": entry<aws.lambda.FunctionArgs>({
            volatile: ["codeSha256", "lastModified", "sourceCodeSize"],
            properties: {
                name: "replace",
                packageType: "replace",
                code: "update",
                description: "update",
                role: "update",
                handler: "update",
                runtime: "update",
                architectures: "update",
                memorySize: "update",
                timeout: "update",
                environment: "update",
                loggingConfig: "update",
                tracingConfig: "update",
                deadLetterConfig: "update",
                reservedConcurrentExecutions: "update",
                tags: "update",
            },
            nested: [
                "loggingConfig.logFormat",
                "loggingConfig.logGroup",
                "loggingConfig.applicationLogLevel",
                "loggingConfig.systemLogLevel",
                "tracingConfig.mode",
                "deadLetterConfig.targetArn",
            ],
            async create(args) {
                const FunctionName = named(args.name, "name");
                const ZipFile = await zipOf(args.code);
                const wanted = {
                    ...configurationOf(FunctionName, args),
                    Architectures: args.architectures as ["arm64"] | undefined,
                    PackageType: "Zip" as const,
                    Code: { ZipFile },
                    Tags: tagMap(args.tags),
                };
                await lambda.send(new CreateFunctionCommand(wanted));
                if (args.reservedConcurrentExecutions !== undefined) {
                    await setConcurrency(FunctionName, args.reservedConcurrentExecutions);
                }
                return FunctionName;
            },
            async computed(FunctionName) {
                const { Configuration } = await lambda.send(new GetFunctionCommand({ FunctionName }));
                return Configuration ? computedOf(Configuration) : {};
            },
            async read(FunctionName, state) {
                const found = await unlessGone(lambda.send(new GetFunctionCommand({ FunctionName })), gone);
                if (!found?.Configuration) {
                    return undefined;
                }
                const of = new GetFunctionConcurrencyCommand({ FunctionName });
                const { ReservedConcurrentExecutions: reserved } = await lambda.send(of);
                return observed(found.Configuration, found.Tags ?? {}, reserved, state);
            },
            async update(FunctionName, args, olds) {
                const ZipFile = await zipOf(args.code);
                const configuration = configurationOf(FunctionName, args);
                // As in AWS's own plugin: a caller who may replace the code may lack the permission for all other
                // changes.
                if (!isDeepStrictEqual(configuration, configurationOf(FunctionName, olds as Args))) {
                    await lambda.send(new UpdateFunctionConfigurationCommand(configuration));
                }
                const updated = await lambda.send(
                    new UpdateFunctionCodeCommand({
                        FunctionName,
                        ZipFile,
                        Architectures: (args.architectures ?? ["x86_64"]) as ["arm64"],
                    }),
                );
                if (args.reservedConcurrentExecutions !== olds.reservedConcurrentExecutions) {
                    await setConcurrency(FunctionName, args.reservedConcurrentExecutions);
                }
                const Resource = updated.FunctionArn ?? "";
                const TagKeys = goneKeys(olds.tags, args.tags);
                if (TagKeys.length > 0) {
                    await lambda.send(new UntagResourceCommand({ Resource, TagKeys }));
                }
                if (!isDeepStrictEqual(tagMap(args.tags), tagMap(olds.tags))) {
                    await lambda.send(new TagResourceCommand({ Resource, Tags: tagMap(args.tags) }));
                }
                return computedOf(updated);
            },
            async delete(FunctionName) {
                await unlessGone(lambda.send(new DeleteFunctionCommand({ FunctionName })), gone);
            },
        }),
    };
}

type Args = Resolved<aws.lambda.FunctionArgs>;

/** The members that an update sends too; a missing argument resets Lambda's default. */
function configurationOf(FunctionName: string, args: Args) {
    return {
        FunctionName,
        Role: args.role,
        Handler: args.handler,
        Runtime: args.runtime as Runtime,
        Description: args.description ?? defaults.description,
        MemorySize: args.memorySize ?? defaults.memorySize,
        Timeout: args.timeout ?? defaults.timeout,
        Environment: { Variables: { ...args.environment?.variables } },
        TracingConfig: awsKeys(args.tracingConfig ?? defaults.tracingConfig) as { Mode: "Active" },
        DeadLetterConfig: { TargetArn: args.deadLetterConfig?.targetArn ?? "" },
        LoggingConfig: awsKeys(
            args.loggingConfig ?? { logFormat: "Text", logGroup: `/aws/lambda/${FunctionName}` },
        ) as {
            LogFormat: "Text";
        },
    };
}

function observed(found: FunctionConfiguration, tags: Properties, reserved: number | undefined, state: Args) {
    const wasCode = (state as Properties).codeSha256;
    const logging = { logFormat: "Text", logGroup: `/aws/lambda/${found.FunctionName}` };
    const deadLetters = found.DeadLetterConfig?.TargetArn;
    const answered = {
        name: found.FunctionName,
        packageType: found.PackageType,
        // An import does not know the code, as in AWS's own plugin.
        code: wasCode === undefined || wasCode === found.CodeSha256 ? state.code : "changed outside",
        description: found.Description,
        role: found.Role,
        handler: found.Handler,
        runtime: found.Runtime,
        architectures: found.Architectures,
        memorySize: found.MemorySize,
        timeout: found.Timeout,
        environment: { variables: found.Environment?.Variables ?? {} },
        loggingConfig: { ...logging, ...(pulumiKeys(found.LoggingConfig ?? {}) as object) },
        tracingConfig: pulumiKeys(found.TracingConfig),
        deadLetterConfig: deadLetters ? { targetArn: deadLetters } : undefined,
        reservedConcurrentExecutions: reserved ?? -1,
        tags,
    };
    // Lambda also fills in the log group where only the format is given.
    const given = state.loggingConfig && { ...logging, ...state.loggingConfig };
    const sameLogging = given && JSON.stringify(given) === JSON.stringify(answered.loggingConfig);
    return withoutDefaults(
        { ...answered, ...(sameLogging && { loggingConfig: state.loggingConfig }) },
        state as Properties,
        { ...defaults, loggingConfig: logging },
    );
}
