import type { OneOrMany } from "./document.ts";
import type { AccessRequest } from "./evaluate.ts";

/** Service principal of Amazon Personalize, the same in every partition. */
export const personalizeService = "personalize.amazonaws.com";

/** An import as the service runs it: its role, its input, and its job. */
export interface Import {
    readonly roleArn: string;
    /** The role's unique id, `AROA…`; undefined if unknown. */
    readonly roleId?: string | undefined;
    readonly partition: string;
    readonly region: string;
    /** Owner of the Personalize resources: `aws:SourceAccount`. */
    readonly accountId: string;
    /** The job: `aws:SourceArn`. */
    readonly sourceArn: string;
    readonly bucket: string;
    /** The object's key, or the folder's prefix. */
    readonly key: string;
    /** The keys to read: the object, or the folder's first level. */
    readonly keys: readonly string[];
}

export type Asked = Pick<AccessRequest, "action" | "resource" | "context">;

/**
 * The requests of one import. AWS does not document in detail which condition keys the service sends on which request.
 * This is the strict reading; the local AWS checks imports by it too.
 */
export const assumeRole = (of: Import): AccessRequest => ({
    caller: { service: personalizeService },
    action: "sts:AssumeRole",
    resource: of.roleArn,
    context: onBehalf(of),
});

/** The requests of the role's session to the bucket; they have no `aws:SourceArn` and no `aws:SourceAccount`. */
export const roleReads = (of: Import): AccessRequest[] =>
    reads(of).map((asked) => ({
        ...asked,
        caller: { arn: of.roleArn },
        context: {
            ...asked.context,
            // A service that calls by its own role (IAM User Guide, "AWS global condition context keys").
            "aws:ViaAWSService": "false",
            ...(of.roleId && { "aws:userid": `${of.roleId}:PersonalizeSession` }),
        },
    }));

/** The requests of the service itself to the bucket. */
export const serviceReads = (of: Import): AccessRequest[] =>
    reads(of).map((asked) => ({
        ...asked,
        caller: { service: personalizeService },
        context: { ...asked.context, ...onBehalf(of) },
    }));

/** Decryption of one object by the role's session, and by the service: one of them must be allowed. */
export function decrypts(of: Import, keyArn: string, key: string): { role: AccessRequest; service: AccessRequest } {
    const context = {
        "aws:SecureTransport": "true",
        "kms:ViaService": `s3.${of.region}.amazonaws.com`,
        "kms:CallerAccount": of.accountId,
        "kms:EncryptionContext:aws:s3:arn": `arn:${of.partition}:s3:::${of.bucket}/${key}`,
    };
    const asked = { action: "kms:Decrypt", resource: keyArn };
    return {
        role: { ...asked, caller: { arn: of.roleArn }, context },
        service: { ...asked, caller: { service: personalizeService }, context: { ...context, ...onBehalf(of) } },
    };
}

const onBehalf = ({ accountId, sourceArn }: Import): Readonly<Record<string, OneOrMany<string>>> => ({
    "aws:SourceAccount": accountId,
    "aws:SourceArn": sourceArn,
});

function reads({ partition, region, bucket, key, keys }: Import): Asked[] {
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    const always = { "aws:SecureTransport": "true", "aws:RequestedRegion": region };
    return [
        { action: "s3:ListBucket", resource: bucketArn, context: { ...always, "s3:prefix": key } },
        ...(keys.length > 0 ? keys : [key]).map((each) => ({
            action: "s3:GetObject",
            resource: `${bucketArn}/${each}`,
            context: always,
        })),
    ];
}
