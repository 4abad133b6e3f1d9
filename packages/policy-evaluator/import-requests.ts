import { accountOf } from "./arn.ts";
import type { AccessRequest } from "./evaluate.ts";

/** Service principal of Amazon Personalize, the same in every partition. */
export const personalizeService = "personalize.amazonaws.com";

type Tags = Readonly<Record<string, string>>;

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
    readonly roleTags?: Tags | undefined;
    readonly objectTags?: Readonly<Record<string, Tags>> | undefined;
    /** ID of the account that owns the bucket; undefined if unknown. */
    readonly bucketAccount?: string | undefined;
    /** Time of the requests; now by default. */
    readonly now?: Date;
}

type Asked = Pick<AccessRequest, "action" | "resource" | "context">;

/** A role that a service assumes, by default Personalize. `sourceArn` is undefined if the service does not send it. */
type Assumption = Pick<Import, "roleArn" | "roleTags" | "region" | "accountId" | "now"> & {
    readonly sourceArn?: string;
    readonly service?: string;
};

/**
 * Returns the request of a service to assume a role. AWS does not document in detail which condition keys Personalize
 * sends with each request of an import. This file uses the strict interpretation; the local AWS also uses it to check
 * imports.
 */
export const assumeRole = (of: Assumption): AccessRequest =>
    byService(of, {
        action: "sts:AssumeRole",
        resource: of.roleArn,
        context: {
            ...common(of),
            "aws:ResourceAccount": accountOf(of.roleArn) ?? of.accountId,
            ...tagsOfRole(of.roleTags),
        },
    });

/** Returns the request for iam:PassRole (IAM User Guide, "Grant a user permissions to pass a role to an AWS service"). */
export const passRole = (roleArn: string, service: string, roleTags?: Tags): Asked => ({
    action: "iam:PassRole",
    resource: roleArn,
    context: { "iam:PassedToService": service, ...tagsOfRole(roleTags) },
});

/**
 * Returns the condition keys of a role as a resource (Service Authorization Reference, "AWS Identity and Access
 * Management" and "AWS Security Token Service", resource type `role`).
 */
const tagsOfRole = (tags?: Tags) => ({ ...tagged("aws:ResourceTag", tags), ...tagged("iam:ResourceTag", tags) });

const tagged = (prefix: string, tags: Tags = {}) =>
    Object.fromEntries(Object.entries(tags).map(([key, value]) => [`${prefix}/${key}`, value]));

/**
 * Returns the condition keys of every request (IAM User Guide, "AWS global condition context keys", properties of the
 * request).
 */
const common = ({ region, now = new Date() }: Pick<Import, "region" | "now">) => ({
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

/** A request of the role's session. It has neither `aws:SourceArn` nor `aws:SourceAccount`. */
const byRole = ({ roleArn, roleId, roleTags, hasBoundary = false }: Import, asked: Asked): AccessRequest => ({
    ...asked,
    caller: { arn: roleArn, ...(hasBoundary && { hasBoundary }) },
    context: {
        ...asked.context,
        ...tagged("aws:PrincipalTag", roleTags),
        ...(roleId && { "aws:userid": `${roleId}:PersonalizeSession` }),
    },
});

/** A request of the service itself. */
const byService = (
    { accountId, sourceArn, service = personalizeService }: Assumption,
    asked: Asked,
): AccessRequest => ({
    ...asked,
    caller: { service },
    context: { ...asked.context, ...(sourceArn && { "aws:SourceAccount": accountId, "aws:SourceArn": sourceArn }) },
});

/**
 * Returns the requests of the role's session to the bucket. An identity policy of the role must allow them, whatever the
 * bucket policy allows to the role (Developer Guide, "Giving Amazon Personalize access to Amazon S3 resources").
 */
export const roleReads = (of: Import): AccessRequest[] =>
    reads(of).map((asked) => ({ ...byRole(of, asked), identityMustAllow: true }));

/** Returns the requests of the service itself to the bucket. */
export const serviceReads = (of: Import): AccessRequest[] => reads(of).map((asked) => byService(of, asked));

/**
 * Returns the requests to decrypt one object, by the role's session and by the service. One of them must be allowed.
 *
 * @param key the object's key; undefined with an S3 bucket key, because then the encryption context is the bucket (S3
 * User Guide, "Reducing the cost of SSE-KMS with Amazon S3 Bucket Keys")
 */
export function decrypts(of: Import, keyArn: string, key: string | undefined) {
    const asked = {
        action: "kms:Decrypt",
        resource: keyArn,
        context: {
            ...common(of),
            "aws:ResourceAccount": accountOf(keyArn) ?? of.accountId,
            "kms:EncryptionAlgorithm": "SYMMETRIC_DEFAULT",
            "kms:ViaService": `s3.${of.region}.amazonaws.com`,
            "kms:CallerAccount": of.accountId,
            "kms:EncryptionContext:aws:s3:arn": `arn:${of.partition}:s3:::${of.bucket}${key === undefined ? "" : `/${key}`}`,
        },
    };
    return { role: byRole(of, asked), service: byService(of, asked) };
}

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
