import type { ConditionBlock } from "policy-evaluator";
import { storefrontBucketNameFor, trailBucketNameFor } from "../../config/names.ts";
import { dnsSuffix } from "../../config/regions.ts";
import type { LifePolicies } from "./lifecycle.ts";
import { type Grant, type GrantScope, grant } from "./scope.ts";

/** Grants for the buckets and the encryption key. */
export function storageGrants(scope: GrantScope): readonly Grant[] {
    const { partition, bucketName, kmsKeyArn, region, inRegion: condition } = scope;
    const service = "s3";
    const bucket = `arn:${partition}:s3:::${bucketName}`;
    const trail = `arn:${partition}:s3:::${trailBucketNameFor(bucketName)}`;
    const page = `arn:${partition}:s3:::${storefrontBucketNameFor(bucketName)}`;
    const objects = `${bucket}/*`;
    const throughS3 = { condition: { StringEquals: { "kms:ViaService": `s3.${region}.${dnsSuffix(partition)}` } } };
    return [
        ...bucketLife({ read: "read", deploy: "deploy" }, bucket, condition),
        ...bucketLife({ read: "read-operations", deploy: "deploy-audit" }, trail, condition),
        ...bucketLife({ read: "read-serving", deploy: "deploy-page" }, page, condition),
        grant("read-serving")("ReadPage", service, "GetObject GetObjectTagging", [`${page}/*`], { condition }),
        grant("deploy-page")("UploadPage", service, "PutObject", [`${page}/*`], { condition }),
        grant("read")("ReadData", service, "GetObject GetObjectTagging", [objects], { condition }),
        grant("operate")("UploadData", service, "PutObject", [objects], { condition }),
        // Allow the key only through S3, for the operator's uploads and downloads.
        ...(kmsKeyArn === undefined
            ? []
            : [
                  grant("operate")("EncryptWithBucketKey", "kms", "GenerateDataKey", [kmsKeyArn], throughS3),
                  grant("read")("DecryptWithBucketKey", "kms", "Decrypt", [kmsKeyArn], throughS3),
                  grant("read")("ReadBucketKey", "kms", "DescribeKey GetKeyPolicy", [kmsKeyArn]),
              ]),
    ];
}

/** Returns the grants to create, read, change and delete a bucket with all its objects. */
function bucketLife(policy: LifePolicies, bucket: string, condition: ConditionBlock): Grant[] {
    const service = "s3";
    return [
        grant(policy.read)(
            "ReadBuckets",
            service,
            `GetAccelerateConfiguration GetBucketAcl GetBucketCORS GetBucketLocation GetBucketLogging
                GetBucketObjectLockConfiguration GetBucketOwnershipControls GetBucketPolicy
                GetBucketPublicAccessBlock GetBucketRequestPayment GetBucketTagging GetBucketVersioning
                GetBucketWebsite GetEncryptionConfiguration GetLifecycleConfiguration
                GetReplicationConfiguration ListBucket ListBucketVersions`,
            [bucket],
            { condition },
        ),
        grant(policy.deploy)(
            "ManageBuckets",
            service,
            `CreateBucket DeleteBucket DeleteBucketPolicy PutBucketOwnershipControls PutBucketPolicy
                PutBucketPublicAccessBlock PutBucketTagging PutBucketVersioning PutEncryptionConfiguration
                PutLifecycleConfiguration`,
            [bucket],
            { condition },
        ),
        grant(policy.deploy)("DeleteObjects", service, "DeleteObject DeleteObjectVersion", [`${bucket}/*`], {
            condition,
        }),
    ];
}
