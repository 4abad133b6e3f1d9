import {
    CreateBucketCommand,
    DeleteBucketCommand,
    DeleteBucketPolicyCommand,
    DeleteObjectsCommand,
    DeletePublicAccessBlockCommand,
    GetBucketPolicyCommand,
    GetBucketTaggingCommand,
    GetPublicAccessBlockCommand,
    HeadBucketCommand,
    ListObjectVersionsCommand,
    PutBucketPolicyCommand,
    PutBucketTaggingCommand,
    PutPublicAccessBlockCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named, sameJson } from "./entry.ts";
import { bucketSettingEntries, noBucket } from "./s3-bucket-settings.ts";

/** The bucket, its access block and its policy; s3-bucket-settings.ts has its other settings. */
export function bucketEntries(s3: S3Client, region: string): Record<string, AnyEntry> {
    const exists = async (Bucket: string) =>
        (await unlessGone(s3.send(new HeadBucketCommand({ Bucket })), ...noBucket)) !== undefined;
    const tagSet = (tags: object | undefined) =>
        Object.entries(tags ?? {}).map(([Key, Value]) => ({ Key, Value: String(Value) }));

    async function tagsOf(Bucket: string) {
        const tagging = await unlessGone(s3.send(new GetBucketTaggingCommand({ Bucket })), "NoSuchTagSet");
        return Object.fromEntries((tagging?.TagSet ?? []).map(({ Key, Value }) => [Key, Value]));
    }

    async function empty(Bucket: string) {
        for (;;) {
            const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1000 }));
            const Objects = [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])].map(({ Key, VersionId }) => ({
                Key: Key ?? "",
                VersionId,
            }));
            if (Objects.length === 0) {
                return;
            }
            await s3.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
        }
    }

    const putAccessBlock = async (args: {
        bucket: string;
        blockPublicAcls?: boolean | undefined;
        blockPublicPolicy?: boolean | undefined;
        ignorePublicAcls?: boolean | undefined;
        restrictPublicBuckets?: boolean | undefined;
    }) => {
        await s3.send(
            new PutPublicAccessBlockCommand({
                Bucket: args.bucket,
                PublicAccessBlockConfiguration: {
                    BlockPublicAcls: args.blockPublicAcls,
                    BlockPublicPolicy: args.blockPublicPolicy,
                    IgnorePublicAcls: args.ignorePublicAcls,
                    RestrictPublicBuckets: args.restrictPublicBuckets,
                },
            }),
        );
    };

    return {
        ...bucketSettingEntries(s3),

        "aws:s3/bucket:Bucket": entry<aws.s3.BucketArgs>({
            autonamed: "bucket",
            properties: { bucket: "replace", forceDestroy: "update", tags: "update" },
            async create({ bucket, tags }) {
                const Bucket = named(bucket, "bucket");
                const LocationConstraint = region as "eu-central-1";
                const elsewhere = region !== "us-east-1" && { CreateBucketConfiguration: { LocationConstraint } };
                await s3.send(new CreateBucketCommand({ Bucket, ...elsewhere }));
                await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagSet(tags) } }));
                return Bucket;
            },
            computed: async (Bucket) => ({
                arn: `arn:aws:s3:::${Bucket}`,
                region,
                bucketDomainName: `${Bucket}.s3.amazonaws.com`,
                bucketRegionalDomainName: `${Bucket}.s3.${region}.amazonaws.com`,
            }),
            async read(Bucket) {
                if (!(await exists(Bucket))) {
                    return undefined;
                }
                return { bucket: Bucket, tags: await tagsOf(Bucket) };
            },
            async update(Bucket, { tags }) {
                await s3.send(new PutBucketTaggingCommand({ Bucket, Tagging: { TagSet: tagSet(tags) } }));
            },
            async delete(Bucket, { forceDestroy }) {
                if (!(await exists(Bucket))) {
                    return;
                }
                if (forceDestroy) {
                    await empty(Bucket);
                }
                await s3.send(new DeleteBucketCommand({ Bucket }));
            },
        }),

        "aws:s3/bucketPublicAccessBlock:BucketPublicAccessBlock": entry<aws.s3.BucketPublicAccessBlockArgs>({
            properties: {
                bucket: "replace",
                blockPublicAcls: "update",
                blockPublicPolicy: "update",
                ignorePublicAcls: "update",
                restrictPublicBuckets: "update",
            },
            async create(args) {
                await putAccessBlock(args);
                return args.bucket;
            },
            async read(Bucket) {
                const command = new GetPublicAccessBlockCommand({ Bucket });
                const names = [...noBucket, "NoSuchPublicAccessBlockConfiguration"];
                const found = (await unlessGone(s3.send(command), ...names))?.PublicAccessBlockConfiguration;
                return (
                    found && {
                        blockPublicAcls: found.BlockPublicAcls,
                        blockPublicPolicy: found.BlockPublicPolicy,
                        ignorePublicAcls: found.IgnorePublicAcls,
                        restrictPublicBuckets: found.RestrictPublicBuckets,
                    }
                );
            },
            async update(_id, args) {
                await putAccessBlock(args);
            },
            async delete(Bucket) {
                await unlessGone(s3.send(new DeletePublicAccessBlockCommand({ Bucket })), ...noBucket);
            },
        }),

        "aws:s3/bucketPolicy:BucketPolicy": entry<aws.s3.BucketPolicyArgs>({
            properties: { bucket: "replace", policy: "update" },
            async create(args) {
                await this.update(args.bucket, args, args);
                return args.bucket;
            },
            async read(Bucket, { policy }) {
                const command = new GetBucketPolicyCommand({ Bucket });
                const found = await unlessGone(s3.send(command), ...noBucket, "NoSuchBucketPolicy");
                return found && { policy: sameJson(policy, found.Policy) };
            },
            async update(Bucket, { policy }) {
                await s3.send(new PutBucketPolicyCommand({ Bucket, Policy: policy as string }));
            },
            async delete(Bucket) {
                await unlessGone(s3.send(new DeleteBucketPolicyCommand({ Bucket })), ...noBucket);
            },
        }),
    };
}
