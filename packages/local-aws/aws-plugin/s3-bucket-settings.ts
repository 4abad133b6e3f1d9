import {
    DeleteBucketEncryptionCommand,
    DeleteBucketLifecycleCommand,
    DeleteBucketOwnershipControlsCommand,
    GetBucketEncryptionCommand,
    GetBucketLifecycleConfigurationCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketVersioningCommand,
    type LifecycleRule,
    PutBucketEncryptionCommand,
    PutBucketLifecycleConfigurationCommand,
    PutBucketOwnershipControlsCommand,
    PutBucketVersioningCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, type Resolved } from "./entry.ts";

/** S3's errors for a bucket that does not exist. */
export const noBucket = ["NoSuchBucket", "NotFound"] as const;

/**
 * Ownership, encryption, versioning and lifecycle of a bucket, which are resources of their own in `@pulumi/aws`. Each
 * is one put of the whole setting, and a delete resets it.
 */
export function bucketSettingEntries(s3: S3Client): Record<string, AnyEntry> {
    return {
        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": entry<aws.s3.BucketOwnershipControlsArgs>({
            properties: { bucket: "replace", rule: "update" },
            nested: ["rule.objectOwnership"],
            async create(args) {
                await this.update(args.bucket, args, args);
                return args.bucket;
            },
            async read(Bucket) {
                const command = new GetBucketOwnershipControlsCommand({ Bucket });
                const found = await unlessGone(s3.send(command), ...noBucket, "OwnershipControlsNotFoundError");
                return found && { rule: { objectOwnership: found.OwnershipControls?.Rules?.[0]?.ObjectOwnership } };
            },
            async update(Bucket, { rule }) {
                const ObjectOwnership = rule.objectOwnership as "BucketOwnerEnforced";
                const OwnershipControls = { Rules: [{ ObjectOwnership }] };
                await s3.send(new PutBucketOwnershipControlsCommand({ Bucket, OwnershipControls }));
            },
            async delete(Bucket) {
                await unlessGone(s3.send(new DeleteBucketOwnershipControlsCommand({ Bucket })), ...noBucket);
            },
        }),

        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
            entry<aws.s3.BucketServerSideEncryptionConfigurationArgs>({
                properties: { bucket: "replace", rules: "update" },
                nested: [
                    "rules.applyServerSideEncryptionByDefault.sseAlgorithm",
                    "rules.applyServerSideEncryptionByDefault.kmsMasterKeyId",
                    "rules.bucketKeyEnabled",
                ],
                async create(args) {
                    await this.update(args.bucket, args, args);
                    return args.bucket;
                },
                async read(Bucket) {
                    const command = new GetBucketEncryptionCommand({ Bucket });
                    const names = [...noBucket, "ServerSideEncryptionConfigurationNotFoundError"];
                    const found = await unlessGone(s3.send(command), ...names);
                    const rules = found?.ServerSideEncryptionConfiguration?.Rules?.map(
                        ({ ApplyServerSideEncryptionByDefault: by, BucketKeyEnabled }) => ({
                            applyServerSideEncryptionByDefault: {
                                sseAlgorithm: by?.SSEAlgorithm,
                                kmsMasterKeyId: by?.KMSMasterKeyID,
                            },
                            ...(BucketKeyEnabled && { bucketKeyEnabled: true }),
                        }),
                    );
                    return found && { rules };
                },
                async update(Bucket, { rules }) {
                    const Rules = rules.map(({ applyServerSideEncryptionByDefault: by, bucketKeyEnabled }) => ({
                        ApplyServerSideEncryptionByDefault: {
                            SSEAlgorithm: by?.sseAlgorithm as "AES256" | "aws:kms",
                            KMSMasterKeyID: by?.kmsMasterKeyId,
                        },
                        ...(bucketKeyEnabled && { BucketKeyEnabled: true }),
                    }));
                    const ServerSideEncryptionConfiguration = { Rules };
                    await s3.send(new PutBucketEncryptionCommand({ Bucket, ServerSideEncryptionConfiguration }));
                },
                async delete(Bucket) {
                    await unlessGone(s3.send(new DeleteBucketEncryptionCommand({ Bucket })), ...noBucket);
                },
            }),

        "aws:s3/bucketVersioning:BucketVersioning": entry<aws.s3.BucketVersioningArgs>({
            properties: { bucket: "replace", versioningConfiguration: "update" },
            nested: ["versioningConfiguration.status"],
            async create(args) {
                await this.update(args.bucket, args, args);
                return args.bucket;
            },
            async read(Bucket) {
                const found = await unlessGone(s3.send(new GetBucketVersioningCommand({ Bucket })), ...noBucket);
                return found && { versioningConfiguration: { status: found.Status ?? "Disabled" } };
            },
            async update(Bucket, { versioningConfiguration: { status } }) {
                const VersioningConfiguration = { Status: status as "Enabled" | "Suspended" };
                await s3.send(new PutBucketVersioningCommand({ Bucket, VersioningConfiguration }));
            },
            async delete(Bucket, { versioningConfiguration: { status } }) {
                // Versioning that was enabled can only be suspended.
                const VersioningConfiguration = { Status: "Suspended" as const };
                const command = new PutBucketVersioningCommand({ Bucket, VersioningConfiguration });
                if (status === "Enabled") await unlessGone(s3.send(command), ...noBucket);
            },
        }),

        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
            entry<aws.s3.BucketLifecycleConfigurationArgs>({
                properties: { bucket: "replace", rules: "update" },
                nested: [
                    "rules.id",
                    "rules.status",
                    "rules.filter.prefix",
                    "rules.expiration.days",
                    "rules.noncurrentVersionExpiration.noncurrentDays",
                    "rules.abortIncompleteMultipartUpload.daysAfterInitiation",
                ],
                async create(args) {
                    await this.update(args.bucket, args, args);
                    return args.bucket;
                },
                async read(Bucket) {
                    const command = new GetBucketLifecycleConfigurationCommand({ Bucket });
                    const names = [...noBucket, "NoSuchLifecycleConfiguration"];
                    const found = await unlessGone(s3.send(command), ...names);
                    return found && { rules: found.Rules?.map(observedRule) };
                },
                async update(Bucket, { rules }) {
                    const LifecycleConfiguration = { Rules: (rules ?? []).map(wantedRule) };
                    await s3.send(new PutBucketLifecycleConfigurationCommand({ Bucket, LifecycleConfiguration }));
                },
                async delete(Bucket) {
                    await unlessGone(s3.send(new DeleteBucketLifecycleCommand({ Bucket })), ...noBucket);
                },
            }),
    };
}

type Rule = NonNullable<Resolved<aws.s3.BucketLifecycleConfigurationArgs>["rules"]>[number];

function wantedRule(rule: Rule): LifecycleRule {
    const { expiration: end, noncurrentVersionExpiration: old, abortIncompleteMultipartUpload: broken } = rule;
    return {
        ID: rule.id,
        Status: rule.status as "Enabled" | "Disabled",
        Filter: { Prefix: rule.filter?.prefix ?? "" },
        ...(end && { Expiration: { Days: end.days } }),
        ...(old && { NoncurrentVersionExpiration: { NoncurrentDays: old.noncurrentDays } }),
        ...(broken && { AbortIncompleteMultipartUpload: { DaysAfterInitiation: broken.daysAfterInitiation } }),
    };
}

function observedRule(rule: LifecycleRule): object {
    const { Expiration: end, NoncurrentVersionExpiration: old, AbortIncompleteMultipartUpload: broken } = rule;
    return {
        id: rule.ID,
        status: rule.Status,
        filter: { prefix: rule.Filter?.Prefix ?? "" },
        ...(end && { expiration: { days: end.Days } }),
        ...(old && { noncurrentVersionExpiration: { noncurrentDays: old.NoncurrentDays } }),
        ...(broken && { abortIncompleteMultipartUpload: { daysAfterInitiation: broken.DaysAfterInitiation } }),
    };
}
