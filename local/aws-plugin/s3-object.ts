import { readFile } from "node:fs/promises";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named } from "./entry.ts";

/** Objects from a file on disk; other sources are not mapped. */
export function objectEntries(s3: S3Client): Record<string, AnyEntry> {
    const place = (id: string) => ({ Bucket: id.split("/", 1)[0], Key: id.slice(id.indexOf("/") + 1) });
    return {
        "aws:s3/bucketObjectv2:BucketObjectv2": entry<aws.s3.BucketObjectv2Args>({
            properties: {
                bucket: "replace",
                key: "replace",
                source: "update",
                sourceHash: "update",
                contentType: "update",
                tags: "update",
            },
            async create(args) {
                const id = `${args.bucket}/${named(args.key, "key")}`;
                await this.update(id, args, args);
                return { id };
            },
            async read(id, { sourceHash, contentType }) {
                const found = await unlessGone(
                    s3.send(new HeadObjectCommand(place(id))),
                    "NotFound",
                    "NoSuchKey",
                    "NoSuchBucket",
                );
                const hash = found?.Metadata?.["source-hash"];
                return (
                    found && {
                        sourceHash: hash ?? "changed outside",
                        contentType: found.ContentType ?? contentType,
                        ...(hash === sourceHash && { sourceHash }),
                    }
                );
            },
            async update(id, { source, sourceHash, contentType, tags }) {
                const path = (source as unknown as { path?: string } | undefined)?.path;
                if (path === undefined) {
                    throw new Error("the local AWS plugin uploads objects from a FileAsset only");
                }
                const Tagging = new URLSearchParams((tags ?? {}) as Record<string, string>).toString();
                const Metadata = { "source-hash": sourceHash ?? "" };
                const Body = await readFile(path);
                await s3.send(
                    new PutObjectCommand({ ...place(id), Body, ContentType: contentType, Tagging, Metadata }),
                );
            },
            async delete(id) {
                await unlessGone(s3.send(new DeleteObjectCommand(place(id))), "NoSuchBucket", "NoSuchKey");
            },
        }),
    };
}
