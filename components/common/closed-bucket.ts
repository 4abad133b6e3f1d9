import * as aws from "@pulumi/aws";
import type * as pulumi from "@pulumi/pulumi";
import { knownAfter } from "./known-after.ts";

export interface ClosedBucketArgs {
    readonly bucketName: pulumi.Input<string>;
    /** Whether an existing bucket keeps its name if `bucketName` changes, because a replacement would lose its objects. */
    readonly keepsName?: boolean;
    /** Whether `pulumi destroy` also deletes the bucket's objects. */
    readonly forceDestroy: boolean;
    /** ARN of the KMS key that encrypts the objects; undefined for S3 managed keys. */
    readonly kmsKeyArn: string | undefined;
    readonly tags: Readonly<Record<string, string>>;
}

/**
 * Creates a private, encrypted bucket without ACLs. A bucket policy must wait for `accessBlock`. `bucketName` resolves
 * after the bucket exists.
 */
export function closedBucket(name: string, args: ClosedBucketArgs, opts: pulumi.CustomResourceOptions) {
    const bucket = new aws.s3.Bucket(
        name,
        { bucket: args.bucketName, forceDestroy: args.forceDestroy, tags: args.tags },
        { ...opts, ...(args.keepsName && { ignoreChanges: ["bucket"] }) },
    );
    const bucketName = args.keepsName ? bucket.bucket : knownAfter(args.bucketName, bucket);
    const of = { bucket: bucketName };
    const accessBlock = new aws.s3.BucketPublicAccessBlock(
        name,
        {
            ...of,
            blockPublicAcls: true,
            blockPublicPolicy: true,
            ignorePublicAcls: true,
            restrictPublicBuckets: true,
        },
        opts,
    );
    new aws.s3.BucketOwnershipControls(name, { ...of, rule: { objectOwnership: "BucketOwnerEnforced" } }, opts);
    new aws.s3.BucketServerSideEncryptionConfiguration(name, { ...of, rules: [encryptionBy(args.kmsKeyArn)] }, opts);
    return { bucket, bucketName, accessBlock };
}

/**
 * Returns the encryption of the bucket. A bucket key reduces the calls from S3 to KMS (S3 User Guide, "Reducing the
 * cost of SSE-KMS").
 */
function encryptionBy(kmsKeyArn: string | undefined) {
    return kmsKeyArn === undefined
        ? { applyServerSideEncryptionByDefault: { sseAlgorithm: "AES256" } }
        : {
              applyServerSideEncryptionByDefault: { sseAlgorithm: "aws:kms", kmsMasterKeyId: kmsKeyArn },
              bucketKeyEnabled: true,
          };
}
