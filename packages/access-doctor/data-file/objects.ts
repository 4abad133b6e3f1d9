import { createReadStream, createWriteStream } from "node:fs";
import { open, stat } from "node:fs/promises";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import {
    AbortMultipartUploadCommand,
    CompleteMultipartUploadCommand,
    CreateMultipartUploadCommand,
    GetObjectCommand,
    HeadObjectCommand,
    PutObjectCommand,
    paginateListObjectsV2,
    type S3Client,
    UploadPartCommand,
} from "@aws-sdk/client-s3";
import { AccessError } from "../errors.ts";

/** A location in S3: bucket and key. */
export interface S3Location {
    readonly bucket: string;
    /** An object's key, or a folder's prefix with its slash. */
    readonly key: string;
}

/** `s3://bucket/key`. */
export const s3Url = ({ bucket, key }: S3Location) => `s3://${bucket}/${key}`;

/**
 * Parses `s3://bucket/key`.
 *
 * @throws AccessError for any other text
 */
export function parseS3Url(url: string): S3Location {
    const [, bucket, key] = /^s3:\/\/([^/]+)\/(.*)$/s.exec(url) ?? [];
    if (bucket === undefined || key === undefined) {
        throw new AccessError(
            `${url} is not a location in S3. Write s3://BUCKET/KEY, or s3://BUCKET/FOLDER/.`,
            "usage",
        );
    }
    return { bucket, key };
}

/** Lists the keys of all non-empty objects below a prefix, at any depth. */
export async function keysUnder(client: S3Client, { bucket, key }: S3Location): Promise<string[]> {
    const keys: string[] = [];
    for await (const { Contents = [] } of paginateListObjectsV2({ client }, { Bucket: bucket, Prefix: key })) {
        keys.push(...Contents.flatMap(({ Key = "", Size = 0 }) => (Size > 0 ? [Key] : [])));
    }
    return keys;
}

/**
 * An object's encryption with a KMS key; empty for any other encryption. The repaired copy of the object gets the same.
 */
export interface Encryption {
    readonly ServerSideEncryption?: "aws:kms" | "aws:kms:dsse";
    readonly SSEKMSKeyId?: string;
}

/** Copies an object into a file, and returns its encryption. */
export async function download(
    client: S3Client,
    { bucket: Bucket, key: Key }: S3Location,
    file: string,
    signal: AbortSignal,
): Promise<Encryption> {
    const { Body, ServerSideEncryption, SSEKMSKeyId } = await client.send(new GetObjectCommand({ Bucket, Key }));
    await pipeline(Body as Readable, createWriteStream(file), { signal });
    return ServerSideEncryption === "aws:kms" || ServerSideEncryption === "aws:kms:dsse"
        ? { ServerSideEncryption, ...(SSEKMSKeyId !== undefined && { SSEKMSKeyId }) }
        : {};
}

/**
 * Checks whether an object exists. Also returns false if the caller may not read it; `upload` never replaces an object.
 */
export async function exists(client: S3Client, { bucket: Bucket, key: Key }: S3Location): Promise<boolean> {
    return client.send(new HeadObjectCommand({ Bucket, Key })).then(
        () => true,
        () => false,
    );
}

const partBytes = 64 * 1024 * 1024;

/**
 * Uploads a file as a new object. Uploads a file above 64 MiB in parts, and removes the parts after an error.
 * @throws AccessError if the object exists; S3 then refuses the upload.
 */
export async function upload(client: S3Client, file: string, place: S3Location, encryption: Encryption): Promise<void> {
    const target = { Bucket: place.bucket, Key: place.key };
    const IfNoneMatch = "*";
    const { size } = await stat(file);
    try {
        if (size <= partBytes) {
            const Body = createReadStream(file);
            const sent = { ...target, ...encryption, Body, ContentLength: size, ContentType: "text/csv", IfNoneMatch };
            await client.send(new PutObjectCommand(sent));
            return;
        }
        const started = await client.send(
            new CreateMultipartUploadCommand({ ...target, ...encryption, ContentType: "text/csv" }),
        );
        const { UploadId } = started;
        try {
            const Parts = await uploadParts(client, file, size, { ...target, UploadId });
            await client.send(
                new CompleteMultipartUploadCommand({ ...target, UploadId, MultipartUpload: { Parts }, IfNoneMatch }),
            );
        } catch (error) {
            await client.send(new AbortMultipartUploadCommand({ ...target, UploadId })).catch(() => {});
            throw error;
        }
    } catch (error) {
        if (!(error instanceof Error && error.name === "PreconditionFailed")) throw error;
        throw objectExistsError(place);
    }
}

/** Creates the error for a location at which an object exists. */
export const objectExistsError = (place: S3Location) =>
    new AccessError(
        `${s3Url(place)} exists, and is not replaced. Import from it if it is an earlier repair, or give another location with --to.`,
    );

async function uploadParts(
    client: S3Client,
    file: string,
    size: number,
    target: { readonly Bucket: string; readonly Key: string; readonly UploadId: string | undefined },
) {
    const handle = await open(file);
    const parts: { PartNumber: number; ETag: string | undefined }[] = [];
    try {
        for (let from = 0; from < size; from += partBytes) {
            const Body = Buffer.alloc(Math.min(partBytes, size - from));
            await handle.read(Body, 0, Body.length, from);
            const PartNumber = parts.length + 1;
            const { ETag } = await client.send(new UploadPartCommand({ ...target, PartNumber, Body }));
            parts.push({ PartNumber, ETag });
        }
        return parts;
    } finally {
        await handle.close();
    }
}
