import type { KMSClient } from "@aws-sdk/client-kms";
import * as aws from "@pulumi/aws";
import { anyKind, kinds } from "pulumi-personalize/core";
import { isNotFound } from "pulumi-personalize/errors";
import { hasName, messageOf } from "terminal-text";
import type { ConfigProblem, StackConfig } from "../../core/config/config.ts";
import { type Adoptable, adoptables } from "../../core/config/keys/data.ts";
import { refuse } from "./load-config.ts";
import { warn } from "./messages.ts";

/** Warns that a resource in the configuration could not be read, so that preview does not know whether it exists. */
export function warnUnread(what: string, error: unknown): undefined {
    warn(`${what} could not be read (${messageOf(error)}). If it does not exist, \`up\` will fail.`);
}

/**
 * Returns the problem of a permissions boundary that does not exist. Imports the SDK client only here, because it is
 * large.
 */
export async function boundaryProblem(config: StackConfig): Promise<ConfigProblem | undefined> {
    const { permissionsBoundary, region } = config;
    if (permissionsBoundary === undefined) return undefined;
    const { GetPolicyCommand, IAMClient } = await import("@aws-sdk/client-iam");
    try {
        await new IAMClient({ region }).send(new GetPolicyCommand({ PolicyArn: permissionsBoundary }));
        return undefined;
    } catch (error) {
        if (hasName(error, "NoSuchEntityException")) {
            const reason =
                `is "${permissionsBoundary}", which does not exist. Create it with components/operator/, then set its output: ` +
                "`pulumi config set permissionsBoundary <boundaryArn>`";
            return { path: "permissionsBoundary", reason };
        }
        return warnUnread(`permissionsBoundary ${permissionsBoundary}`, error);
    }
}

/** Returns the problem of a KMS key that does not exist, or that S3 cannot use. */
export async function keyProblem({ kmsKeyArn, region }: StackConfig): Promise<ConfigProblem | undefined> {
    if (kmsKeyArn === undefined) return undefined;
    const [{ KMSClient }, { accountId }] = await Promise.all([import("@aws-sdk/client-kms"), aws.getCallerIdentity()]);
    try {
        const fault = await keyFault(new KMSClient({ region }), kmsKeyArn, accountId);
        const reason = `is "${kmsKeyArn}", ${fault}. Set another key: \`pulumi config set kmsKeyArn <ARN>\``;
        return fault === undefined ? undefined : { path: "kmsKeyArn", reason };
    } catch (error) {
        return warnUnread(`kmsKeyArn ${kmsKeyArn}`, error);
    }
}

/**
 * Returns why S3 cannot encrypt objects with a key, as the rest of a sentence; undefined if it can. A key of another
 * account is possible if its key policy allows the caller's account (S3 User Guide, "Using server-side encryption with
 * AWS KMS keys").
 *
 * @param accountId account of the caller
 * @throws Error if KMS does not describe a key of the caller's account for another reason than that it does not exist
 */
export async function keyFault(
    kms: Pick<KMSClient, "send">,
    arn: string,
    accountId: string,
): Promise<string | undefined> {
    const { DescribeKeyCommand } = await import("@aws-sdk/client-kms");
    try {
        const { KeyMetadata: { KeySpec, KeyState } = {} } = await kms.send(new DescribeKeyCommand({ KeyId: arn }));
        if (KeySpec !== "SYMMETRIC_DEFAULT") return `whose key spec is ${KeySpec}; S3 uses only symmetric keys`;
        return KeyState === "Enabled" ? undefined : `whose state is ${KeyState}`;
    } catch (error) {
        if (hasName(error, "NotFoundException")) return "which does not exist";
        const owner = arn.split(":")[4];
        if (owner !== accountId && hasName(error, "AccessDeniedException")) {
            return `which belongs to account ${owner}, and that account does not let account ${accountId} use it`;
        }
        throw error;
    }
}

/**
 * Rejects at preview a resource in config `adopt` that does not exist or belongs to another account. Skips resources
 * that this run does not declare: an adopted campaign does not exist while it is parked.
 *
 * @throws ProgramError with every problem and its configuration key
 */
export async function refuseMissingAdoptions(
    { adopt, region, campaignEnabled, eventTracker }: StackConfig,
    { isParked }: { readonly isParked: boolean },
): Promise<void> {
    const isDeclared: Readonly<Record<string, boolean>> = { campaign: campaignEnabled && !isParked, eventTracker };
    const declared = Object.entries(adopt).filter(([key]) => isDeclared[key] !== false);
    if (declared.length === 0) return;
    const [{ PersonalizeClient }, { accountId }] = await Promise.all([
        import("@aws-sdk/client-personalize"),
        aws.getCallerIdentity(),
    ]);
    const client = new PersonalizeClient({ region });
    const problems = declared.map(async ([key, arn]) => {
        const path = `adopt.${key}`;
        const owner = arn.split(":")[4];
        const fault =
            owner === accountId
                ? await anyKind(kinds[adoptables[key as Adoptable].kind])
                      .describe(client, arn)
                      .then(
                          () => undefined,
                          (error) => (isNotFound(error) ? "which does not exist" : warnUnread(`${path} ${arn}`, error)),
                      )
                : `which belongs to account ${owner}; your credentials are of account ${accountId}`;
        const advice = `Set another ARN, or remove it: \`pulumi config rm --path ${path}\``;
        return fault === undefined ? [] : [{ path, reason: `is "${arn}", ${fault}. ${advice}` }];
    });
    refuse((await Promise.all(problems)).flat());
}
