import { GetBucketTaggingCommand, HeadBucketCommand, S3Client, S3ServiceException } from "@aws-sdk/client-s3";
import { hasName } from "terminal-text";

type Client = Pick<S3Client, "send">;

/** Returns a client that does not find buckets of other regions. */
export const clientOfRegion = (region: string) => new S3Client({ region, followRegionRedirects: false });

/** Rest of a sentence after the name of a bucket that `findBucket` finds elsewhere. */
const elsewhere =
    "exists in another account or region (S3 names are global), or your policies do not allow s3:ListBucket on it";

/**
 * Returns where S3 has a bucket of this name: "here" if the caller can read it in the client's region, "elsewhere" if it
 * belongs to another account or region, or the caller may not read it; undefined if there is none.
 *
 * @param s3 client from `clientOfRegion`
 * @throws Error if S3 does not answer
 */
async function findBucket(s3: Client, Bucket: string): Promise<"here" | "elsewhere" | undefined> {
    try {
        await s3.send(new HeadBucketCommand({ Bucket }));
        return "here";
    } catch (error) {
        const status = error instanceof S3ServiceException ? error.$metadata.httpStatusCode : undefined;
        if (status === 404) return undefined;
        if (status === 403 || status === 301 || status === 400) return "elsewhere";
        throw error;
    }
}

/**
 * Returns why `up` cannot create a bucket, as the rest of a sentence after its name; undefined if the name is free.
 * `isOwn` is true if the existing bucket has the tags of the stack.
 *
 * @param s3 client from `clientOfRegion`
 * @param tags tags of the stack's resources
 * @throws Error if S3 does not answer, or the caller may not read the bucket's tags
 */
export async function bucketFault(
    s3: Client,
    name: string,
    tags: Readonly<Record<string, string>>,
): Promise<{ readonly fault: string; readonly isOwn: boolean } | undefined> {
    const place = await findBucket(s3, name);
    if (place === undefined) return undefined;
    if (place === "elsewhere") return { fault: elsewhere, isOwn: false };
    const { TagSet = [] } = await s3.send(new GetBucketTaggingCommand({ Bucket: name })).catch((error: unknown) => {
        if (hasName(error, "NoSuchTagSet")) return { TagSet: [] };
        throw error;
    });
    const has = new Map(TagSet.map(({ Key, Value }) => [Key, Value]));
    const isOwn = ["pulumi:project", "pulumi:stack"].every((key) => has.get(key) === tags[key]);
    return { fault: `exists already${isOwn ? "" : ", and does not have the stack's tags"}`, isOwn };
}
