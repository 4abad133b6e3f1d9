import { readFile } from "node:fs/promises";
import * as s3 from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { createSender, unlessGone } from "../calls.ts";
import { type AnyEntry, named, plainTags, tagList } from "./entry.ts";
import {
    inside,
    json,
    type Kind,
    list,
    memberAt,
    memberOf,
    only,
    ownCalls,
    struct,
    value,
    withDefault,
} from "./kinds.ts";
import { resource } from "./resource.ts";

/** S3's errors for a bucket, an object or a setting that does not exist. */
const gone = [
    ...["NoSuchBucket", "NoSuchKey", "NotFound", "NoSuchBucketPolicy", "NoSuchPublicAccessBlockConfiguration"],
    ...["OwnershipControlsNotFoundError", "ServerSideEncryptionConfigurationNotFoundError"],
    "NoSuchLifecycleConfiguration",
];

/** Returns the plugin's resource types for S3: buckets, their settings, and objects from a file or a text. */
export const s3Entries = (client: s3.S3Client, region: string): Record<string, AnyEntry> => ({
    "aws:s3/bucket:Bucket": bucket(client, region),
    "aws:s3/bucketObjectv2:BucketObjectv2": object(client),
    ...settings(client),
});

function bucket(client: s3.S3Client, region: string): AnyEntry {
    const call = createSender(client);
    async function empty(Bucket: unknown) {
        for (;;) {
            const page = await call(s3.ListObjectVersionsCommand)({ Bucket, MaxKeys: 1000 });
            const versions = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])];
            const Objects = versions.map(({ Key = "", VersionId }) => ({ Key, VersionId }));
            if (Objects.length === 0) return;
            await call(s3.DeleteObjectsCommand)({ Bucket, Delete: { Objects, Quiet: true } });
        }
    }
    return resource<aws.s3.BucketArgs>({
        autonamed: "bucket",
        replace: { bucket: value },
        update: { forceDestroy: ownCalls },
        outputs: (id) => ({
            arn: `arn:aws:s3:::${id}`,
            region,
            bucketDomainName: `${id}.s3.amazonaws.com`,
            bucketRegionalDomainName: `${id}.s3.${region}.amazonaws.com`,
        }),
        gone,
        settles: true,
        tags: {
            by: "id",
            form: tagList,
            async list(Bucket) {
                return (await unlessGone(call(s3.GetBucketTaggingCommand)({ Bucket }), "NoSuchTagSet"))?.TagSet;
            },
            add: (Bucket, TagSet) => call(s3.PutBucketTaggingCommand)({ Bucket, Tagging: { TagSet } }),
        },
        async create({ Bucket }) {
            const elsewhere = region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint: region } };
            await call(s3.CreateBucketCommand)({ Bucket, ...elsewhere });
            return String(Bucket);
        },
        key: "Bucket",
        get: async (key) => ({ ...(await call(s3.HeadBucketCommand)(key)), ...key }),
        async delete({ Bucket }, _id, { forceDestroy }) {
            if (forceDestroy) await empty(Bucket);
            await call(s3.DeleteBucketCommand)({ Bucket });
        },
    });
}

/**
 * Returns the plugin's resource types for bucket settings that are separate resources in `@pulumi/aws`: create and
 * update replace the whole setting, and delete resets it.
 */
function settings(client: s3.S3Client): Record<string, AnyEntry> {
    const call = createSender(client);
    const ofBucket = {
        replace: { bucket: value },
        key: "Bucket",
        id: ({ bucket }: { readonly bucket: string }) => bucket,
        gone,
    };
    return {
        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": resource<aws.s3.BucketPublicAccessBlockArgs>({
            ...ofBucket,
            update: inside("PublicAccessBlockConfiguration", {
                blockPublicAcls: value,
                blockPublicPolicy: value,
                ignorePublicAcls: value,
                restrictPublicBuckets: value,
            }),
            put: call(s3.PutPublicAccessBlockCommand),
            get: call(s3.GetPublicAccessBlockCommand),
            delete: call(s3.DeletePublicAccessBlockCommand),
        }),

        "aws:s3/bucketPolicy:BucketPolicy": resource<aws.s3.BucketPolicyArgs>({
            ...ofBucket,
            update: { policy: json },
            put: call(s3.PutBucketPolicyCommand),
            get: call(s3.GetBucketPolicyCommand),
            delete: call(s3.DeleteBucketPolicyCommand),
        }),

        "aws:s3/bucketOwnershipControls:BucketOwnershipControls": resource<aws.s3.BucketOwnershipControlsArgs>({
            ...ofBucket,
            update: { rule: memberAt("OwnershipControls.Rules", only(struct({ objectOwnership: value }))) },
            put: call(s3.PutBucketOwnershipControlsCommand),
            get: call(s3.GetBucketOwnershipControlsCommand),
            delete: call(s3.DeleteBucketOwnershipControlsCommand),
        }),

        "aws:s3/bucketServerSideEncryptionConfiguration:BucketServerSideEncryptionConfiguration":
            resource<aws.s3.BucketServerSideEncryptionConfigurationArgs>({
                ...ofBucket,
                update: {
                    rules: memberAt(
                        "ServerSideEncryptionConfiguration.Rules",
                        list(
                            struct({
                                applyServerSideEncryptionByDefault: struct({
                                    sseAlgorithm: memberAt("SSEAlgorithm"),
                                    kmsMasterKeyId: memberAt("KMSMasterKeyID"),
                                }),
                                bucketKeyEnabled: withDefault(false),
                            }),
                        ),
                    ),
                },
                put: call(s3.PutBucketEncryptionCommand),
                get: call(s3.GetBucketEncryptionCommand),
                delete: call(s3.DeleteBucketEncryptionCommand),
            }),

        "aws:s3/bucketVersioning:BucketVersioning": resource<aws.s3.BucketVersioningArgs>({
            ...ofBucket,
            update: {
                versioningConfiguration: memberAt(
                    "VersioningConfiguration",
                    struct({ status: withDefault("Disabled") }),
                ),
            },
            put: call(s3.PutBucketVersioningCommand),
            get: async (key) => ({ VersioningConfiguration: await call(s3.GetBucketVersioningCommand)(key) }),
            async delete({ Bucket }, _id, { versioningConfiguration: { status } }) {
                // Suspend versioning, because S3 cannot disable it again.
                const VersioningConfiguration = { Status: "Suspended" };
                if (status === "Enabled")
                    await call(s3.PutBucketVersioningCommand)({ Bucket, VersioningConfiguration });
            },
        }),

        "aws:s3/bucketLifecycleConfiguration:BucketLifecycleConfiguration":
            resource<aws.s3.BucketLifecycleConfigurationArgs>({
                ...ofBucket,
                update: { rules: memberAt("LifecycleConfiguration.Rules", list(lifecycleRule)) },
                put: call(s3.PutBucketLifecycleConfigurationCommand),
                get: async (key) => ({
                    LifecycleConfiguration: await call(s3.GetBucketLifecycleConfigurationCommand)(key),
                }),
                delete: call(s3.DeleteBucketLifecycleCommand),
            }),
    };
}

const lifecycleRule = struct({
    id: memberAt("ID"),
    status: value,
    filter: withDefault({}, struct({ prefix: withDefault("") })),
    expiration: struct({ days: value }),
    noncurrentVersionExpiration: struct({ noncurrentDays: value }),
    abortIncompleteMultipartUpload: struct({ daysAfterInitiation: value }),
});

/** Returns the plugin's resource type for S3 objects from a file or a text. Other sources are not supported. */
function object(client: s3.S3Client): AnyEntry {
    const call = createSender(client);
    const tagging: Kind = {
        path: "Tagging",
        or: {},
        to: (tags) => new URLSearchParams(Object.entries(Object(tags))).toString(),
    };
    return resource<aws.s3.BucketObjectv2Args>({
        replace: { bucket: value, key: value },
        update: {
            source: ownCalls,
            content: ownCalls,
            contentType: value,
            cacheControl: value,
            metadata: memberAt("Metadata", withDefault({})),
            tags: tagging,
        },
        gone,
        id: ({ bucket, key }) => `${bucket}/${named(key, "key")}`,
        key: (id) => ({ Bucket: id.split("/", 1)[0], Key: id.slice(id.indexOf("/") + 1) }),
        async put(input, { args: { source, content } }) {
            const path = memberOf(source, "path");
            if ((path === undefined) === (content === undefined)) {
                throw new Error("the local AWS plugin requires either a FileAsset as source, or content, but not both");
            }
            const Body = path === undefined ? content : await readFile(String(path));
            await call(s3.PutObjectCommand)({ ...input, Body });
        },
        // Like the AWS plugin, does not compare the content with the source.
        async get(key) {
            const head = await call(s3.HeadObjectCommand)(key);
            const { TagSet } = await call(s3.GetObjectTaggingCommand)(key);
            return { ...head, Tagging: plainTags(TagSet) };
        },
        delete: call(s3.DeleteObjectCommand),
    });
}
