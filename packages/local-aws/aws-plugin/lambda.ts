import { readFile } from "node:fs/promises";
import * as lambda from "@aws-sdk/client-lambda";
import type * as aws from "@pulumi/aws";
import { type Zippable, zipSync } from "fflate";
import { createSender } from "../calls.ts";
import { type AnyEntry, canonical, named, tagMap } from "./entry.ts";
import { map, memberAt, memberOf, struct, value, withDefault } from "./kinds.ts";
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
    return resource<aws.lambda.FunctionArgs>({
        volatile: ["codeSha256"],
        replace: { name: memberAt("FunctionName") },
        update: {
            code: memberAt("code"),
            description: withDefault(""),
            role: value,
            handler: value,
            runtime: value,
            architectures: withDefault(["x86_64"]),
            memorySize: withDefault(128),
            timeout: withDefault(3),
            environment: withDefault({ variables: {} }, struct({ variables: map })),
            tracingConfig: withDefault({}, struct({ mode: withDefault("PassThrough") })),
        },
        outputs: {
            arn: memberAt("FunctionArn"),
            codeSha256: value,
            version: value,
        },
        gone,
        tags: {
            member: "Tags",
            form: tagMap,
            add: (Resource, Tags) => call(lambda.TagResourceCommand)({ Resource, Tags }),
            remove: (Resource, TagKeys) => call(lambda.UntagResourceCommand)({ Resource, TagKeys }),
        },
        async create({ code, ...input }, args) {
            await call(lambda.CreateFunctionCommand)({ ...input, Code: { ZipFile: await createZip(args.code) } });
            return String(input.FunctionName);
        },
        key: "FunctionName",
        async get(key, _name, state) {
            const { Configuration, Tags } = await call(lambda.GetFunctionCommand)(key);
            const codeWas = memberOf(state, "codeSha256");
            // As in the AWS plugin, the state of an imported function contains no code.
            const isSame = codeWas === undefined || codeWas === Configuration?.CodeSha256;
            return { ...Configuration, code: isSame ? state.code : "changed outside", Tags };
        },
        async put({ code, Architectures, ...configuration }, { key, args, before }) {
            const ZipFile = await createZip(args.code);
            const { code: _, Architectures: __, ...configurationBefore } = before;
            // Like the AWS plugin, update the configuration only if it changed: the caller may have only
            // lambda:UpdateFunctionCode.
            if (canonical(configuration) !== canonical({ ...key, ...configurationBefore })) {
                await call(lambda.UpdateFunctionConfigurationCommand)(configuration);
            }
            await call(lambda.UpdateFunctionCodeCommand)({ ...key, ZipFile, Architectures });
        },
        delete: call(lambda.DeleteFunctionCommand),
    });
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
                function: memberAt("FunctionName"),
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
                    maximumEventAgeInSeconds: withDefault(21_600),
                    maximumRetryAttempts: withDefault(2),
                    destinationConfig: withDefault({}, struct({ onFailure: struct({ destination: value }) })),
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
