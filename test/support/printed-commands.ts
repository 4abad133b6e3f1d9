import { setTimeout as sleep } from "node:timers/promises";
import type { IAM } from "@aws-sdk/client-iam";
import type { KMS } from "@aws-sdk/client-kms";
import type { S3 } from "@aws-sdk/client-s3";
import { itemAt } from "./item-at.ts";

type Options = Readonly<Record<string, string | undefined>>;
export interface Hands {
    readonly iam: IAM;
    /** Returns an S3 client for a region. */
    s3(region?: string): S3;
    readonly kms: KMS;
    /** Path of the local data file that commands upload. */
    readonly file: string;
}

/** Splits a command line into words as a shell does. */
export function splitWords(command: string): string[] {
    return [...command.matchAll(/(?:'[^']*'|\\'|[^\s'\\]+)+/g)].map(([word]) =>
        word.replace(/'([^']*)'|\\(')/g, (_all, quoted?: string, escaped?: string) => escaped ?? quoted ?? ""),
    );
}

/**
 * Runs an `aws …` command that diagnose-access prints, with the SDK.
 *
 * @throws Error for a command that no test needs
 */
export async function runCommand(command: string, hands: Hands): Promise<void> {
    const [aws, service, operation = "", ...rest] = splitWords(command);
    if (aws !== "aws") throw new Error(`The printed fix is not an aws command: ${command}`);
    if (service === "s3" && operation === "cp") return copy(rest, hands);
    const options = parseOptions(rest);
    const run = supportedCommands[`${service} ${operation}`];
    if (!run) throw new Error(`test/support/printed-commands.ts does not support this command: ${command}`);
    await run(options, hands);
}

function parseOptions(words: readonly string[]): Options {
    const options: Record<string, string> = {};
    for (let at = 0; at < words.length; at++) {
        const name = itemAt(words, at).replace(/^--/, "");
        const value = words[at + 1];
        if (value === undefined || value.startsWith("--")) options[name] = "true";
        else options[name] = itemAt(words, ++at);
    }
    return options;
}

const roleOf = (options: Options) => ({ RoleName: options["role-name"], PolicyName: options["policy-name"] });

const supportedCommands: Readonly<Record<string, (options: Options, hands: Hands) => Promise<unknown>>> = {
    "iam put-role-policy": (options, { iam }) =>
        iam.putRolePolicy({ ...roleOf(options), PolicyDocument: options["policy-document"] }),
    "iam delete-role-policy": (options, { iam }) => iam.deleteRolePolicy(roleOf(options)),
    "iam detach-role-policy": (options, { iam }) =>
        iam.detachRolePolicy({ RoleName: options["role-name"], PolicyArn: options["policy-arn"] }),
    "iam put-user-policy": (options, { iam }) =>
        iam.putUserPolicy({
            UserName: options["user-name"],
            PolicyName: options["policy-name"],
            PolicyDocument: options["policy-document"],
        }),
    "iam create-role": (options, { iam }) =>
        iam.createRole({
            RoleName: options["role-name"],
            AssumeRolePolicyDocument: options["assume-role-policy-document"],
        }),
    "iam update-assume-role-policy": (options, { iam }) =>
        iam.updateAssumeRolePolicy({
            RoleName: options["role-name"],
            PolicyDocument: options["policy-document"],
        }),
    "iam create-policy-version": (options, { iam }) =>
        iam.createPolicyVersion({
            PolicyArn: options["policy-arn"],
            PolicyDocument: options["policy-document"],
            SetAsDefault: options["set-as-default"] === "true",
        }),
    "s3api create-bucket": (options, hands) =>
        hands.s3(options.region).createBucket({
            Bucket: options.bucket,
            ...(options.region !== "us-east-1" && {
                CreateBucketConfiguration: { LocationConstraint: options.region as "eu-central-1" },
            }),
        }),
    "s3api put-bucket-policy": (options, { s3 }) =>
        s3().putBucketPolicy({ Bucket: options.bucket, Policy: options.policy }),
    "s3api put-public-access-block": (options, { s3 }) =>
        s3().putPublicAccessBlock({
            Bucket: options.bucket,
            PublicAccessBlockConfiguration: Object.fromEntries(
                (options["public-access-block-configuration"] ?? "")
                    .split(",")
                    .map((pair) => [pair.split("=")[0], pair.endsWith("=true")]),
            ),
        }),
    "s3api restore-object": async (options, { s3 }) => {
        const object = { Bucket: options.bucket, Key: options.key };
        const RestoreRequest = { Days: 7, GlacierJobParameters: { Tier: "Standard" as const } };
        await s3().restoreObject({ ...object, RestoreRequest });
        const isReadable = async () =>
            (await s3().headObject(object)).Restore?.includes('ongoing-request="false"') ?? false;
        while (!(await isReadable())) await sleep(100);
    },
    "kms put-key-policy": (options, { kms }) =>
        kms.putKeyPolicy({ KeyId: options["key-id"], PolicyName: "default", Policy: options.policy }),
    "kms enable-key": (options, { kms }) => kms.enableKey({ KeyId: options["key-id"] }),
    "kms cancel-key-deletion": (options, { kms }) => kms.cancelKeyDeletion({ KeyId: options["key-id"] }),
};

async function copy([from = "", to = ""]: readonly string[], { s3, file }: Hands): Promise<void> {
    const [, Bucket, Key] = /^s3:\/\/([^/]+)\/(.+)$/.exec(to) ?? [];
    const source = /^s3:\/\/(.+)$/.exec(from)?.[1];
    await (source === undefined
        ? s3().putObject({ Bucket, Key, Body: file })
        : s3().copyObject({ Bucket, Key, CopySource: encodeURI(source) }));
}
