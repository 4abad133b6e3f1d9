import {
    GetBucketAclCommand,
    GetBucketLocationCommand,
    GetBucketOwnershipControlsCommand,
    GetBucketPolicyCommand,
    GetObjectCommand,
    GetObjectTaggingCommand,
    GetPublicAccessBlockCommand,
    HeadBucketCommand,
    HeadObjectCommand,
    type HeadObjectCommandOutput,
    ListBucketsCommand,
    ListObjectsV2Command,
    ListObjectVersionsCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import { distance } from "fastest-levenshtein";
import { hasName } from "terminal-text";
import { isFolder } from "./data-file/names.ts";
import { startBytes } from "./data-file/sample.ts";
import type { BucketFacts, KeyListed, ObjectFacts, PublicAccessBlock } from "./snapshot.ts";

const maxKeys = 1000;

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

/** Maximum number of similar buckets in which to look for the key. */
const maxSimilar = 3;

/**
 * Reads the region of a bucket. If the bucket does not exist, returns the account's buckets of similar names that have
 * the key, one of which may have been meant.
 */
export async function bucketFacts(s3: S3Client, Bucket: string, account: string, Key = ""): Promise<BucketFacts> {
    const location = await unless(s3.send(new GetBucketLocationCommand({ Bucket })), "NoSuchBucket");
    // GetBucketLocation returns no constraint for us-east-1, and may return the old name "EU" for eu-west-1.
    const constraint: string | undefined = location?.LocationConstraint;
    const succeeds = (call: Promise<unknown>) =>
        call.then(
            () => true,
            () => false,
        );
    if (location) {
        const isOurs = await succeeds(s3.send(new HeadBucketCommand({ Bucket, ExpectedBucketOwner: account })));
        return { region: constraint === "EU" ? "eu-west-1" : constraint || "us-east-1", ...(isOurs && { account }) };
    }
    // The list of buckets is optional, because it only helps to find a misspelt name.
    const { Buckets = [] } = await s3.send(new ListBucketsCommand({})).catch(() => ({ Buckets: [] }));
    const similar = Buckets.flatMap(({ Name = "" }) => Name)
        .filter((each) => each.startsWith(Bucket) || Bucket.startsWith(each) || distance(each, Bucket) <= 2)
        .toSorted((a, b) => distance(a, Bucket) - distance(b, Bucket))
        .slice(0, maxSimilar);
    const hasKey = (name: string) => succeeds(s3.send(new HeadObjectCommand({ Bucket: name, Key })));
    const found = await Promise.all(similar.map(async (name) => ((await hasKey(name)) ? [name] : [])));
    return { region: undefined, others: found.flat() };
}

/** The bucket policy as JSON; undefined without a policy or bucket. */
export async function policyText(s3: S3Client, Bucket: string): Promise<string | undefined> {
    return (await unless(s3.send(new GetBucketPolicyCommand({ Bucket })), "NoSuchBucketPolicy", "NoSuchBucket"))
        ?.Policy;
}

/** The bucket's own Block Public Access; undefined without a setting or bucket. */
export async function accessBlock(s3: S3Client, Bucket: string): Promise<PublicAccessBlock | undefined> {
    const command = new GetPublicAccessBlockCommand({ Bucket });
    const block = await unless(s3.send(command), "NoSuchPublicAccessBlockConfiguration", "NoSuchBucket");
    const { BlockPublicPolicy = false, RestrictPublicBuckets = false } = block?.PublicAccessBlockConfiguration ?? {};
    return block && { blockPublicPolicy: BlockPublicPolicy, restrictPublicBuckets: RestrictPublicBuckets };
}

/** The bucket's object ownership, such as `BucketOwnerEnforced`; undefined without a setting or bucket. */
export async function ownership(s3: S3Client, Bucket: string): Promise<string | undefined> {
    const command = new GetBucketOwnershipControlsCommand({ Bucket });
    const controls = await unless(s3.send(command), "OwnershipControlsNotFoundError", "NoSuchBucket");
    return controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}

/**
 * Lists the keys below the prefix. If there are none, lists the keys of the whole bucket, one of which may have been
 * meant. A result has the field `owner` only if the object and the bucket have different owners.
 */
export async function listKeys(s3: S3Client, Bucket: string, Prefix: string): Promise<KeyListed[]> {
    const bucketOwner = fetchOwner(s3, Bucket);
    const list = async (prefix: string) => {
        const command = new ListObjectsV2Command({ Bucket, Prefix: prefix, MaxKeys: maxKeys, FetchOwner: true });
        const { Contents = [] } = (await unless(s3.send(command), "NoSuchBucket")) ?? {};
        const ours = await bucketOwner;
        return Contents.map(({ Key = "", Size = 0, Owner: { ID: owner } = {} }) => ({
            key: Key,
            size: Size,
            ...(ours !== undefined && owner !== undefined && owner !== ours && { owner }),
        }));
    };
    const below = await list(Prefix);
    const isPresent = ({ key, size }: KeyListed) => (isFolder(Prefix) ? size > 0 : key === Prefix);
    if (Prefix === "" || below.some(isPresent)) return below;
    return [
        ...(await deletedKeys(s3, Bucket, Prefix)),
        ...(below.some(({ size }) => size > 0) ? below : await list("")),
    ];
}

/**
 * Returns the key, or the keys in the folder, whose latest version is a delete marker, with `isDeleted`; an empty list if
 * the caller may not read versions.
 */
async function deletedKeys(s3: S3Client, Bucket: string, Prefix: string): Promise<KeyListed[]> {
    const command = new ListObjectVersionsCommand({ Bucket, Prefix });
    const { DeleteMarkers = [] } = await s3.send(command).catch(() => ({ DeleteMarkers: [] }));
    return DeleteMarkers.flatMap(({ Key: key = "", IsLatest }) =>
        IsLatest && (isFolder(Prefix) || key === Prefix) ? [{ key, size: 0, isDeleted: true }] : [],
    );
}

/** Returns the canonical id of the bucket's owner; undefined if the caller may not read it. */
async function fetchOwner(s3: S3Client, Bucket: string): Promise<string | undefined> {
    return s3.send(new GetBucketAclCommand({ Bucket })).then(
        ({ Owner }) => Owner?.ID,
        () => undefined,
    );
}

/** Reads size in bytes, KMS key, storage class and first bytes of an object. Throws the errors of S3. */
export async function objectFacts(s3: S3Client, Bucket: string, Key: string): Promise<ObjectFacts> {
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key })).catch(async (error: unknown) => {
        // The error of HeadObject has no message. The error of GetObject says which policy denies.
        await s3.send(new GetObjectCommand({ Bucket, Key, Range: "bytes=0-0" }));
        throw error;
    });
    const { ContentLength: size = 0, ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, LastModified } = head;
    const kmsKey = ServerSideEncryption?.startsWith("aws:kms") ? SSEKMSKeyId : undefined;
    const archived = findArchiveClass(head);
    const tags = await fetchTags(s3, Bucket, Key);
    const encryption = kmsKey && { kmsKey, ...(BucketKeyEnabled && { bucketKey: true }) };
    const written = LastModified && { written: LastModified.toISOString() };
    const common = { key: Key, size, ...written, ...(tags && { tags }), ...encryption, ...(archived && { archived }) };
    if (size === 0 || archived) {
        return { ...common, ...(!archived && { start: new Uint8Array() }) };
    }
    // If this read fails for an encrypted object, return the result of HeadObject alone.
    const Range = `bytes=0-${startBytes - 1}`;
    const start = await s3
        .send(new GetObjectCommand({ Bucket, Key, Range }))
        .then(async ({ Body }) => new Uint8Array((await Body?.transformToByteArray()) ?? []))
        .catch((error: unknown) => {
            if (kmsKey !== undefined) return undefined;
            throw error;
        });
    return { ...common, ...(start && { start }) };
}

async function fetchTags(s3: S3Client, Bucket: string, Key: string): Promise<Record<string, string> | undefined> {
    return s3.send(new GetObjectTaggingCommand({ Bucket, Key })).then(
        ({ TagSet = [] }) => Object.fromEntries(TagSet.map(({ Key: name = "", Value = "" }) => [name, Value])),
        () => undefined,
    );
}

/**
 * Returns the archive storage class from which an object must be restored before a read. Glacier Instant Retrieval
 * needs no restore.
 */
export function findArchiveClass({
    StorageClass,
    ArchiveStatus,
    Restore = "",
}: Pick<HeadObjectCommandOutput, "StorageClass" | "ArchiveStatus" | "Restore">): ObjectFacts["archived"] {
    const isRestoring = Restore.includes('ongoing-request="true"');
    if (ArchiveStatus !== undefined) return { storageClass: ArchiveStatus, isRestoring };
    const isRestored = Restore.includes('ongoing-request="false"');
    return (StorageClass === "GLACIER" || StorageClass === "DEEP_ARCHIVE") && !isRestored
        ? { storageClass: StorageClass, isRestoring }
        : undefined;
}
