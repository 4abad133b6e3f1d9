import type { ConditionBlock } from "policy-evaluator";
import { storefrontBucketNameFor, trailBucketNameFor } from "../../config/names.ts";
import { dnsSuffix } from "../../config/regions.ts";
import type { LifePolicies } from "./lifecycle.ts";
import type { Grant, GrantScope, NeededOnAws } from "./scope.ts";

/** Grants for the buckets and the encryption key. */
export function storageGrants(scope: GrantScope): readonly Grant[] {
    const { partition, bucketName, kmsKeyArn, region, inRegion: condition } = scope;
    const service = "s3";
    const bucket = `arn:${partition}:s3:::${bucketName}`;
    const trail = `arn:${partition}:s3:::${trailBucketNameFor(bucketName)}`;
    const page = `arn:${partition}:s3:::${storefrontBucketNameFor(bucketName)}`;
    const objects = `${bucket}/*`;
    return [
        ...bucketLife({ read: "read", deploy: "deploy" }, bucket, condition),
        ...bucketLife({ read: "read-operations", deploy: "deploy-audit" }, trail, condition),
        ...bucketLife({ read: "read-serving", deploy: "deploy-page" }, page, condition),
        {
            policy: "read-serving",
            sid: "ReadPage",
            service,
            actions: ["GetObject", "GetObjectTagging"],
            on: [`${page}/*`],
            condition,
        },
        {
            policy: "deploy-page",
            sid: "UploadPage",
            service,
            actions: ["PutObject"],
            on: [`${page}/*`],
            condition,
        },
        {
            policy: "read",
            sid: "ReadData",
            service,
            actions: ["GetObject", "GetObjectTagging"],
            on: [objects],
            condition,
        },
        {
            policy: "operate",
            sid: "UploadData",
            service,
            actions: ["PutObject"],
            on: [objects],
            condition,
        },
        ...(kmsKeyArn === undefined
            ? []
            : [
                  {
                      policy: "operate" as const,
                      sid: "EncryptWithBucketKey",
                      service: "kms",
                      actions: ["GenerateDataKey"],
                      on: [kmsKeyArn],
                      // Allow the key only through S3, for the operator's uploads.
                      condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(partition)}` } },
                  },
                  {
                      policy: "read" as const,
                      sid: "DecryptWithBucketKey",
                      service: "kms",
                      actions: ["Decrypt"],
                      on: [kmsKeyArn],
                      condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(partition)}` } },
                  },
                  {
                      policy: "read" as const,
                      sid: "ReadBucketKey",
                      service: "kms",
                      actions: ["DescribeKey", "GetKeyPolicy"],
                      on: [kmsKeyArn],
                  },
              ]),
    ];
}

/** Returns the grants to create, read, change and delete a bucket with all its objects. */
function bucketLife(policy: LifePolicies, bucket: string, condition: ConditionBlock): Grant[] {
    const service = "s3";
    return [
        {
            policy: policy.read,
            sid: "ReadBuckets",
            service,
            actions: [
                "GetAccelerateConfiguration",
                "GetBucketAcl",
                "GetBucketCORS",
                "GetBucketLocation",
                "GetBucketLogging",
                "GetBucketObjectLockConfiguration",
                "GetBucketOwnershipControls",
                "GetBucketPolicy",
                "GetBucketPublicAccessBlock",
                "GetBucketRequestPayment",
                "GetBucketTagging",
                "GetBucketVersioning",
                "GetBucketWebsite",
                "GetEncryptionConfiguration",
                "GetLifecycleConfiguration",
                "GetReplicationConfiguration",
                "ListBucket",
                "ListBucketVersions",
            ],
            on: [bucket],
            condition,
        },
        {
            policy: policy.deploy,
            sid: "ManageBuckets",
            service,
            actions: [
                "CreateBucket",
                "DeleteBucket",
                "DeleteBucketPolicy",
                "PutBucketOwnershipControls",
                "PutBucketPolicy",
                "PutBucketPublicAccessBlock",
                "PutBucketTagging",
                "PutBucketVersioning",
                "PutEncryptionConfiguration",
                "PutLifecycleConfiguration",
            ],
            on: [bucket],
            condition,
        },
        {
            policy: policy.deploy,
            sid: "DeleteObjects",
            service,
            actions: ["DeleteObject", "DeleteObjectVersion"],
            on: [`${bucket}/*`],
            condition,
        },
    ];
}

const bucketSource = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/bucket.go";
const objectSource = "https://github.com/hashicorp/terraform-provider-aws/blob/main/internal/service/s3/object.go";
const sseKms = "https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingKMSEncryption.html";

/**
 * Calls of Pulumi's AWS plugin, which is based on the Terraform provider and reads every setting of a bucket. Its S3
 * Control calls for tags are left out: if they are denied, the plugin uses the bucket's own tagging calls (pull request
 * 45251 of the provider).
 */
export const storageNeededOnAws: readonly NeededOnAws[] = [
    ...[
        "GetAccelerateConfiguration",
        "GetBucketAcl",
        "GetBucketCORS",
        "GetBucketLogging",
        "GetBucketObjectLockConfiguration",
        "GetBucketRequestPayment",
        "GetBucketWebsite",
        "GetReplicationConfiguration",
    ].map((action) => ({ action: `s3:${action}`, page: bucketSource })),
    { action: "s3:GetObjectTagging", page: objectSource },
    { action: "kms:Decrypt", page: sseKms },
    { action: "kms:GenerateDataKey", page: sseKms },
    // `diagnose-access` makes the following two calls for a bucket with a customer managed key.
    { action: "kms:DescribeKey", page: "https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html" },
    { action: "kms:GetKeyPolicy", page: "https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html" },
];
