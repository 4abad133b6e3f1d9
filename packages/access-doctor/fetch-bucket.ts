import type { HeadObjectCommandOutput, S3 } from "@aws-sdk/client-s3";
import { distance } from "fastest-levenshtein";
import { isFolder } from "./data-file/names.ts";
import { startBytes } from "./data-file/sample.ts";
import { unless } from "./look.ts";
import type { BucketFacts, KeyListed, ObjectFacts, PublicAccessBlock } from "./snapshot.ts";

const maxKeys = 1000;

/** Returns the result of a call that is not necessary; undefined if it fails, for example without the permission. */
const optional = <T>(call: Promise<T>): Promise<T | undefined> => call.catch(() => undefined);

/** Maximum number of similar buckets in which to look for the key. */
const maxSimilar = 3;

/**
 * Reads the region of a bucket. If the bucket does not exist, returns the account's buckets of similar names that have
 * the key, one of which may have been meant.
 */
export async function bucketFacts(s3: S3, Bucket: string, account: string, Key = ""): Promise<BucketFacts> {
    const location = await unless(s3.getBucketLocation({ Bucket }), "NoSuchBucket");
    if (location) {
        // GetBucketLocation returns no constraint for us-east-1, and may return the old name "EU" for eu-west-1.
        const constraint: string | undefined = location.LocationConstraint;
        const isOurs = await optional(s3.headBucket({ Bucket, ExpectedBucketOwner: account }));
        return { region: constraint === "EU" ? "eu-west-1" : constraint || "us-east-1", ...(isOurs && { account }) };
    }
    // The list of buckets only helps to find a misspelled name.
    const { Buckets = [] } = (await optional(s3.listBuckets({}))) ?? {};
    const similar = Buckets.flatMap(({ Name = "" }) => Name)
        .filter((each) => each.startsWith(Bucket) || Bucket.startsWith(each) || distance(each, Bucket) <= 2)
        .toSorted((a, b) => distance(a, Bucket) - distance(b, Bucket))
        .slice(0, maxSimilar);
    const heads = await Promise.all(similar.map((name) => optional(s3.headObject({ Bucket: name, Key }))));
    return { region: undefined, others: similar.filter((_name, at) => heads[at]) };
}

/** The bucket policy as JSON; undefined without a policy or bucket. */
export async function policyText(s3: S3, Bucket: string): Promise<string | undefined> {
    return (await unless(s3.getBucketPolicy({ Bucket }), "NoSuchBucketPolicy", "NoSuchBucket"))?.Policy;
}

/** The bucket's own Block Public Access; undefined without a setting or bucket. */
export async function accessBlock(s3: S3, Bucket: string): Promise<PublicAccessBlock | undefined> {
    const call = s3.getPublicAccessBlock({ Bucket });
    const block = await unless(call, "NoSuchPublicAccessBlockConfiguration", "NoSuchBucket");
    const { BlockPublicPolicy = false, RestrictPublicBuckets = false } = block?.PublicAccessBlockConfiguration ?? {};
    return block && { blockPublicPolicy: BlockPublicPolicy, restrictPublicBuckets: RestrictPublicBuckets };
}

/** The bucket's object ownership, such as `BucketOwnerEnforced`; undefined without a setting or bucket. */
export async function ownership(s3: S3, Bucket: string): Promise<string | undefined> {
    const call = s3.getBucketOwnershipControls({ Bucket });
    const controls = await unless(call, "OwnershipControlsNotFoundError", "NoSuchBucket");
    return controls?.OwnershipControls?.Rules?.[0]?.ObjectOwnership;
}

/**
 * Lists the keys below the prefix. If there are none, lists the keys of the whole bucket, one of which may have been
 * meant. A result has the field `owner` only if the object and the bucket have different owners.
 */
export async function listKeys(s3: S3, Bucket: string, Prefix: string): Promise<KeyListed[]> {
    const acl = optional(s3.getBucketAcl({ Bucket }));
    const list = async (prefix: string) => {
        const call = s3.listObjectsV2({ Bucket, Prefix: prefix, MaxKeys: maxKeys, FetchOwner: true });
        const { Contents = [] } = (await unless(call, "NoSuchBucket")) ?? {};
        const ours = (await acl)?.Owner?.ID;
        return Contents.map(({ Key: key = "", Size: size = 0, Owner: { ID: owner } = {} }) => {
            const isForeign = ours !== undefined && owner !== undefined && owner !== ours;
            return { key, size, ...(isForeign && { owner }) };
        });
    };
    const below = await list(Prefix);
    const isPresent = ({ key, size }: KeyListed) => (isFolder(Prefix) ? size > 0 : key === Prefix);
    if (Prefix === "" || below.some(isPresent)) return below;
    // The latest version of a deleted key is a delete marker.
    const { DeleteMarkers = [] } = (await optional(s3.listObjectVersions({ Bucket, Prefix }))) ?? {};
    const deleted = DeleteMarkers.flatMap(({ Key: key = "", IsLatest }) =>
        IsLatest && (isFolder(Prefix) || key === Prefix) ? [{ key, size: 0, isDeleted: true }] : [],
    );
    return [...deleted, ...(below.some(({ size }) => size > 0) ? below : await list(""))];
}

/** Reads size in bytes, KMS key, storage class and first bytes of an object. Throws the errors of S3. */
export async function objectFacts(s3: S3, Bucket: string, Key: string): Promise<ObjectFacts> {
    const head = await s3.headObject({ Bucket, Key }).catch(async (error: unknown) => {
        // The error of HeadObject has no message. The error of GetObject says which policy denies.
        await s3.getObject({ Bucket, Key, Range: "bytes=0-0" });
        throw error;
    });
    const { ContentLength: size = 0, ServerSideEncryption, SSEKMSKeyId, BucketKeyEnabled, LastModified } = head;
    const kmsKey = ServerSideEncryption?.startsWith("aws:kms") ? SSEKMSKeyId : undefined;
    const archived = findArchiveClass(head);
    const tagging = await optional(s3.getObjectTagging({ Bucket, Key }));
    const tags = tagging?.TagSet?.map(({ Key: name = "", Value = "" }) => [name, Value] as const);
    const common = {
        key: Key,
        size,
        ...(LastModified && { written: LastModified.toISOString() }),
        ...(tagging && { tags: Object.fromEntries(tags ?? []) }),
        ...(kmsKey && { kmsKey, ...(BucketKeyEnabled && { bucketKey: true }) }),
    };
    if (archived) return { ...common, archived };
    if (size === 0) return { ...common, start: new Uint8Array() };
    try {
        const { Body } = await s3.getObject({ Bucket, Key, Range: `bytes=0-${startBytes - 1}` });
        return { ...common, start: new Uint8Array((await Body?.transformToByteArray()) ?? []) };
    } catch (error) {
        // If this read fails for an encrypted object, return the result of HeadObject alone.
        if (kmsKey !== undefined) return common;
        throw error;
    }
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
