import { readFile } from "node:fs/promises";
import * as lambda from "@aws-sdk/client-lambda";
import type * as aws from "@pulumi/aws";
import { type Zippable, zipSync } from "fflate";
import { createSender } from "../calls.ts";
import { type AnyEntry, canonical, named, type Properties, type Resolved, tagMap } from "./entry.ts";
import { at, map, memberOf, or, struct, value } from "./kinds.ts";
import { resource } from "./resource.ts";

const gone = ["ResourceNotFoundException"];

/**
 * Returns the plugin's resource types for Lambda functions, permissions to invoke them, and the destinations of their
 * asynchronous invocations.
 */
export const lambdaEntries = (client: lambda.LambdaClient): Record<string, AnyEntry> => ({
    "aws:lambda/function:Function": functionEntry(client),
    ...accessEntries(client),
});

/**
 * Returns the plugin's resource type for functions from a zip file, with CreateFunction's defaults. Layers, container
 * images and VPC settings are not supported.
 */
function functionEntry(client: lambda.LambdaClient): AnyEntry {
    const call = createSender(client);
    async function setConcurrency(FunctionName: unknown, wanted: unknown) {
        const ReservedConcurrentExecutions = wanted ?? -1;
        if (Number(ReservedConcurrentExecutions) < 0) {
            await call(lambda.DeleteFunctionConcurrencyCommand)({ FunctionName });
        } else {
            await call(lambda.PutFunctionConcurrencyCommand)({ FunctionName, ReservedConcurrentExecutions });
        }
    }
    return resource<aws.lambda.FunctionArgs>({
        volatile: ["codeSha256", "lastModified", "sourceCodeSize"],
        replace: { name: at("FunctionName"), packageType: or("Zip") },
        update: {
            code: at("code"),
            description: or(""),
            role: value,
            handler: value,
            runtime: value,
            architectures: or(["x86_64"]),
            memorySize: or(128),
            timeout: or(3),
            environment: or({ variables: {} }, struct({ variables: map })),
            loggingConfig: struct({ logFormat: or("Text"), logGroup: value }),
            tracingConfig: or({}, struct({ mode: or("PassThrough") })),
            deadLetterConfig: or({}, struct({ targetArn: or("") })),
            // As in Terraform, -1 means that the function has no reserved concurrency.
            reservedConcurrentExecutions: or(-1),
        },
        outputs: {
            arn: at("FunctionArn"),
            codeSha256: value,
            version: value,
            lastModified: value,
            sourceCodeSize: at("CodeSize"),
        },
        gone,
        tags: {
            member: "Tags",
            form: tagMap,
            add: (Resource, Tags) => call(lambda.TagResourceCommand)({ Resource, Tags }),
            remove: (Resource, TagKeys) => call(lambda.UntagResourceCommand)({ Resource, TagKeys }),
        },
        async create(input, { code, reservedConcurrentExecutions: reserved }) {
            const { FunctionName, Architectures } = input;
            const Code = { ZipFile: await createZip(code) };
            await call(lambda.CreateFunctionCommand)({ ...selectConfiguration(input), Architectures, Code });
            if (reserved !== undefined) await setConcurrency(FunctionName, reserved);
            return String(FunctionName);
        },
        key: "FunctionName",
        async get(key, _name, state) {
            const { Configuration, Tags } = await call(lambda.GetFunctionCommand)(key);
            const { ReservedConcurrentExecutions } = await call(lambda.GetFunctionConcurrencyCommand)(key);
            return { ...observedFunction({ ...Configuration }, state), ReservedConcurrentExecutions, Tags };
        },
        async put(input, { key, args, olds, before }) {
            const ZipFile = await createZip(args.code);
            const configuration = selectConfiguration(input);
            // Like the AWS plugin, update the configuration only if it changed: the caller may have only
            // lambda:UpdateFunctionCode.
            if (canonical(configuration) !== canonical(selectConfiguration(before))) {
                await call(lambda.UpdateFunctionConfigurationCommand)(configuration);
            }
            await call(lambda.UpdateFunctionCodeCommand)({ ...key, ZipFile, Architectures: input.Architectures });
            if (args.reservedConcurrentExecutions !== olds.reservedConcurrentExecutions) {
                await setConcurrency(key.FunctionName, args.reservedConcurrentExecutions);
            }
        },
        delete: call(lambda.DeleteFunctionCommand),
    });
}

const ownGroup = (name: unknown) => `/aws/lambda/${name}`;

/** Returns the members that UpdateFunctionConfiguration accepts, without those that other calls set. */
function selectConfiguration({ FunctionName, code, Architectures, ReservedConcurrentExecutions, ...rest }: Properties) {
    const LoggingConfig = { LogFormat: "Text", LogGroup: ownGroup(FunctionName), ...Object(rest.LoggingConfig) };
    return { FunctionName, ...rest, LoggingConfig };
}

function observedFunction(found: lambda.FunctionConfiguration, state: Resolved<aws.lambda.FunctionArgs>): object {
    const { FunctionName, CodeSha256, LoggingConfig } = found;
    const codeWas = memberOf(state, "codeSha256");
    // Lambda fills in the log group if the program sets none, so this value is not a difference.
    const { LogGroup, ...logging } = LoggingConfig ?? {};
    const isFilledIn = state.loggingConfig?.logGroup === undefined && LogGroup === ownGroup(FunctionName);
    return {
        ...found,
        // As in the AWS plugin, the state of an imported function contains no code.
        code: codeWas === undefined || codeWas === CodeSha256 ? state.code : "changed outside",
        LoggingConfig: isFilledIn ? logging : LoggingConfig,
    };
}

/** A statement of a function's resource policy, as Lambda returns it. */
interface PolicyStatement {
    readonly Sid: string;
    readonly Action: string;
    readonly Principal: string | Readonly<Record<string, string>>;
    readonly Condition?: Readonly<Record<string, Readonly<Record<string, string>>>>;
}

function accessEntries(client: lambda.LambdaClient): Record<string, AnyEntry> {
    const call = createSender(client);
    return {
        "aws:lambda/permission:Permission": resource<aws.lambda.PermissionArgs>({
            autonamed: "statementId",
            replace: {
                statementId: value,
                function: at("FunctionName"),
                action: value,
                principal: value,
                sourceArn: value,
                sourceAccount: value,
            },
            gone,
            id: ({ statementId }) => named(statementId, "statementId"),
            imported(importId) {
                const [name = "", id = ""] = importId.split("/");
                return { id, args: { function: name } };
            },
            key: (StatementId, args) => ({ FunctionName: args.function, StatementId }),
            put: call(lambda.AddPermissionCommand),
            async get({ FunctionName, StatementId }) {
                const { Policy = '{"Statement":[]}' } = await call(lambda.GetPolicyCommand)({ FunctionName });
                const statements: PolicyStatement[] = JSON.parse(Policy).Statement;
                return observed(statements.find(({ Sid }) => Sid === StatementId));
            },
            delete: call(lambda.RemovePermissionCommand),
        }),

        "aws:lambda/functionEventInvokeConfig:FunctionEventInvokeConfig":
            resource<aws.lambda.FunctionEventInvokeConfigArgs>({
                replace: { functionName: value },
                update: {
                    maximumEventAgeInSeconds: or(21_600),
                    maximumRetryAttempts: or(2),
                    destinationConfig: or({}, struct({ onFailure: struct({ destination: value }) })),
                },
                gone,
                id: ({ functionName }) => functionName,
                key: "FunctionName",
                put: call(lambda.PutFunctionEventInvokeConfigCommand),
                get: call(lambda.GetFunctionEventInvokeConfigCommand),
                delete: call(lambda.DeleteFunctionEventInvokeConfigCommand),
            }),
    };
}

function observed(statement: PolicyStatement | undefined): object | undefined {
    const conditions = Object.values(statement?.Condition ?? {}).flatMap((of) => Object.entries(of));
    const under = Object.fromEntries(conditions.map(([key, value]) => [key.toLowerCase(), value]));
    return (
        statement && {
            Action: statement.Action,
            Principal:
                typeof statement.Principal === "string" ? statement.Principal : Object.values(statement.Principal)[0],
            SourceArn: under["aws:sourcearn"],
            SourceAccount: under["aws:sourceaccount"],
        }
    );
}

/** A file of an archive as the engine sends it to the plugin. */
interface WiredAsset {
    readonly text?: string;
    readonly path?: string;
}

/**
 * The modification time of every zip entry, so that equal files give equal archives. It is the earliest time that the
 * zip format allows.
 */
const always = new Date(1980, 0, 1);

/**
 * Creates the zip file of an AssetArchive. Equal files in any order give equal bytes.
 * @throws Error for an archive that contains anything but strings and files
 */
export async function createZip(code: unknown): Promise<Uint8Array> {
    const assets = (code as { assets?: Record<string, WiredAsset> } | undefined)?.assets;
    if (!assets) {
        throw new Error("the local AWS plugin accepts only an AssetArchive as the code of a function");
    }
    const files: Zippable = {};
    for (const [name, { text, path }] of Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (text !== undefined) files[name] = Buffer.from(text);
        else if (path !== undefined) files[name] = await readFile(path);
        else {
            throw new Error(
                `the local AWS plugin accepts only StringAssets and FileAssets in an archive; ${name} is neither`,
            );
        }
    }
    return zipSync(files, { mtime: always });
}
