import {
    GetBucketLocationCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetObjectCommand,
    GetPublicAccessBlockCommand,
    HeadObjectCommand,
    ListObjectsV2Command,
    type S3Client,
} from "@aws-sdk/client-s3";
import { hasName } from "../../../personalize/errors.ts";
import type { BucketFacts, ObjectFacts, PublicAccessBlock } from "./snapshot.ts";

/** Bytes read of an object: enough for a header, and for more rows than the minimum. */
const startBytes = 256 * 1024;
const mostKeys = 1000;

async function unless<T>(call: Promise<T>, ...names: string[]): Promise<T | undefined> {
    try {
        return await call;
    } catch (error) {
        if (names.some((name) => hasName(error, name))) {
            return undefined;
        }
        throw error;
    }
}

export async function bucketFacts(s3: S3Client, Bucket: string): Promise<BucketFacts> {
    const found = await unless(s3.send(new GetBucketLocationCommand({ Bucket })), "NoSuchBucket");
    // Buckets in us-east-1 have no constraint; those in eu-west-1 may have the old name.
    const constraint: string | undefined = found?.LocationConstraint;
    return { region: found && (constraint === "EU" ? "eu-west-1" : constraint || "us-east-1") };
}

export async function policyText(s3: S3Client, Bucket: string): Promise<string | undefined> {
    return (await unless(s3.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy", "NoSuchBucket"))
        ?.Policy;
}

export async function accessBlock(s3: S3Client, Bucket: string): Promise<PublicAccessBlock | undefined> {
    const command = new GetPublicAccessBlockCommand({ Bucket });
    const found = await unless(s3.send(command), "NoSuchPublicAccessBlockConfiguration", "NoSuchBucket");
    const { BlockPublicPolicy = false, RestrictPublicBuckets = false } = found?.PublicAccessBlockConfiguration ?? {};
    return found && { blockPublicPolicy: BlockPublicPolicy, restrictPublicBuckets: RestrictPublicBuckets };
}

export async function ownership(s3: S3Client, Bucket: string): Promise<string | undefined> {
    const command = new GetBucketOwnershipControlsCommand({ Bucket });
    const found = await unless(s3.send(command), "OwnershipControlsNotFoundError", "NoSuchBucket");
    return found?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}

/** Keys under the prefix; without any, keys of the bucket, one of which may have been meant. */
export async function keysOf(s3: S3Client, Bucket: string, Prefix: string): Promise<{ key: string; size: number }[]> {
    const list = async (prefix: string) => {
        const command = new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: mostKeys });
        const { Contents = [] } = (await unless(s3.send(command), "NoSuchBucket")) ?? {};
        return Contents.map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size }));
    };
    const found = await list(Prefix);
    return found.length > 0 || Prefix === "" ? found : list("");
}

export async function objectFacts(s3: S3Client, Bucket: string, Key: string): Promise<ObjectFacts> {
    const {
        ContentLength: size = 0,
        ServerSideEncryption,
        SSEKMSKeyId,
    } = await s3.send(new HeadObjectCommand({ Bucket, Key }));
    const kmsKey = ServerSideEncryption?.startsWith("aws:kms") ? SSEKMSKeyId : undefined;
    const common = { key: Key, size, ...(kmsKey !== undefined && { kmsKey }) };
    if (size === 0) {
        return { ...common, start: "", lines: 0 };
    }
    // A disabled key also prevents this read; then the result of HeadObject is still useful.
    const Range = `bytes=0-${startBytes - 1}`;
    const body = await s3
        .send(new GetObjectCommand({ Bucket, Key, Range }))
        .then(({ Body }) => Body?.transformToString())
        .catch((error: unknown) => {
            if (kmsKey !== undefined) return undefined;
            throw error;
        });
    if (body === undefined) {
        return { ...common, start: "" };
    }
    const lines = body.split("\n").filter((line) => line.trim() !== "").length;
    return { ...common, start: body.slice(0, 4096), ...(size <= startBytes && { lines }) };
}
