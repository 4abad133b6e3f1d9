import { accountOf } from "./arn.ts";
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
    /** Account ID of the Personalize resources, which the service sends as `aws:SourceAccount`. */
    readonly accountId: string;
    /** ARN of the job, which the service sends as `aws:SourceArn`. */
    readonly sourceArn: string;
    readonly bucket: string;
    /** Key of the object, or prefix of the folder. */
    readonly key: string;
    /** Keys to read: the object, or the objects on the folder's first level. */
    readonly keys: readonly string[];
    /** Whether the role has a permissions boundary. */
    readonly hasBoundary?: boolean;
    /** Tags of the role, and tags of each object under the object's key. */
    readonly roleTags?: Readonly<Record<string, string>> | undefined;
    readonly objectTags?: Readonly<Record<string, Readonly<Record<string, string>>>>;
    /** ID of the account that owns the bucket; undefined if unknown. */
    readonly bucketAccount?: string | undefined;
    /** Time of the requests; now by default. */
    readonly now?: Date;
}

export type Asked = Pick<AccessRequest, "action" | "resource" | "context">;

/**
 * Returns the request to assume the role. AWS does not document in detail which condition keys the service sends with
 * each request of an import. This file uses the strict interpretation; the local AWS also uses it to check imports.
 */
export const assumeRole = (of: Import): AccessRequest => ({
    caller: { service: personalizeService },
    action: "sts:AssumeRole",
    resource: of.roleArn,
    context: {
        ...common(of),
        ...onBehalf(of),
        "aws:ResourceAccount": accountOf(of.roleArn) ?? of.accountId,
        ...tagged("aws:ResourceTag", of.roleTags),
        ...tagged("iam:ResourceTag", of.roleTags),
    },
});

const tagged = (prefix: string, tags: Readonly<Record<string, string>> = {}) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

/**
 * Returns the condition keys of every request (IAM User Guide, "AWS global condition context keys", properties of the
 * request).
 */
const common = ({ region, now = new Date() }: Import) => ({
    "aws:SecureTransport": "true",
    "aws:RequestedRegion": region,
    "aws:CurrentTime": now.toISOString(),
    "aws:EpochTime": String(Math.floor(now.getTime() / 1000)),
    // Personalize makes these calls itself or with the job's role, never on behalf of the caller (forward access
    // sessions).
    "aws:ViaAWSService": "false",
    // Every request that does not come through a VPC endpoint has the key aws:SourceIp. Personalize calls from an
    // address of AWS, so use one here.
    "aws:SourceIp": "52.94.133.131",
});

/**
 * Returns the requests of the role's session to the bucket. They have neither `aws:SourceArn` nor `aws:SourceAccount`.
 */
export const roleReads = (of: Import): AccessRequest[] =>
    reads(of).map((request) => ({
        ...request,
        caller: roleOf(of),
        context: {
            ...request.context,
            ...tagged("aws:PrincipalTag", of.roleTags),
            ...(of.roleId && { "aws:userid": `${of.roleId}:PersonalizeSession` }),
        },
    }));

const roleOf = ({ roleArn, hasBoundary = false }: Import) => ({ arn: roleArn, ...(hasBoundary && { hasBoundary }) });

/** Returns the requests of the service itself to the bucket. */
export const serviceReads = (of: Import): AccessRequest[] =>
    reads(of).map((request) => ({
        ...request,
        caller: { service: personalizeService },
        context: { ...request.context, ...onBehalf(of) },
    }));

/**
 * Returns the requests to decrypt one object, by the role's session and by the service. One of them must be allowed.
 *
 * @param key the object's key; undefined with an S3 bucket key, because then the encryption context is the bucket (S3
 * User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys")
 */
export function decrypts(
    of: Import,
    keyArn: string,
    key: string | undefined,
): { role: AccessRequest; service: AccessRequest } {
    const context = {
        ...common(of),
        "aws:ResourceAccount": accountOf(keyArn) ?? of.accountId,
        "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
        "kms:ViaService": `s3.${of.region}.amazonaws.com`,
        "kms:CallerAccount": of.accountId,
        "kms:EncryptionContext:aws:s3:arn": `arn:${of.partition}:s3:::${of.bucket}${key === undefined ? "" : `/${key}`}`,
    };
    const decrypt = { action: "kms:Decrypt", resource: keyArn };
    return {
        role: { ...decrypt, caller: roleOf(of), context: { ...context, ...tagged("aws:PrincipalTag", of.roleTags) } },
        service: { ...decrypt, caller: { service: personalizeService }, context: { ...context, ...onBehalf(of) } },
    };
}

const onBehalf = ({ accountId, sourceArn }: Import): Readonly<Record<string, OneOrMany<string>>> => ({
    "aws:SourceAccount": accountId,
    "aws:SourceArn": sourceArn,
});

function reads(of: Import): Asked[] {
    const { partition, bucket, key, keys, bucketAccount, objectTags = {} } = of;
    const bucketArn = `arn:${partition}:s3:::${bucket}`;
    // Every request to S3 has these condition keys (Service Authorization Reference, "Amazon S3").
    const always = {
        ...common(of),
        "s3:authType": "REST-HEADER",
        "s3:signatureversion": "AWS4-HMAC-SHA256",
        ...(bucketAccount && { "aws:ResourceAccount": bucketAccount, "s3:ResourceAccount": bucketAccount }),
    };
    return [
        { action: "s3:ListBucket", resource: bucketArn, context: { ...always, "s3:prefix": key } },
        ...(keys.length > 0 ? keys : [key]).map((each) => ({
            action: "s3:GetObject",
            resource: `${bucketArn}/${each}`,
            context: { ...always, ...tagged("s3:ExistingObjectTag", objectTags[each]) },
        })),
    ];
}
