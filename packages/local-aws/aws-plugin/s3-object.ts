import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { DeleteObjectCommand, HeadObjectCommand, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named, type Resolved } from "./entry.ts";

type Args = Resolved<aws.s3.BucketObjectv2Args>;

/** Identifies a content: by the program's own hash, else by the content's. */
const fingerprint = ({ sourceHash, content }: Args) =>
    sourceHash ??
    createHash("sha256")
        .update(content ?? "")
        .digest("hex");

/** Objects from a file on disk, or from a text; other sources are not mapped. */
export function objectEntries(s3: S3Client): Record<string, AnyEntry> {
    const place = (id: string) => ({ Bucket: id.split("/", 1)[0], Key: id.slice(id.indexOf("/") + 1) });
    return {
        "aws:s3/bucketObjectv2:BucketObjectv2": entry<aws.s3.BucketObjectv2Args>({
            properties: {
                bucket: "replace",
                key: "replace",
                source: "update",
                sourceHash: "update",
                content: "update",
                contentType: "update",
                cacheControl: "update",
                tags: "update",
            },
            async create(args) {
                const id = `${args.bucket}/${named(args.key, "key")}`;
                await this.update(id, args, args);
                return id;
            },
            async read(id, state) {
                const found = await unlessGone(
                    s3.send(new HeadObjectCommand(place(id))),
                    "NotFound",
                    "NoSuchKey",
                    "NoSuchBucket",
                );
                const hash = found?.Metadata?.["source-hash"];
                const isSame = hash === fingerprint(state);
                return (
                    found && {
                        contentType: found.ContentType ?? state.contentType,
                        cacheControl: found.CacheControl,
                        ...(!isSame && { [state.content === undefined ? "sourceHash" : "content"]: "changed outside" }),
                    }
                );
            },
            async update(id, args) {
                const path = (args.source as unknown as { path?: string } | undefined)?.path;
                if ((path === undefined) === (args.content === undefined)) {
                    throw new Error("the local AWS plugin uploads objects from a FileAsset, or from a content, only");
                }
                await s3.send(
                    new PutObjectCommand({
                        ...place(id),
                        Body: path === undefined ? (args.content ?? "") : await readFile(path),
                        ContentType: args.contentType,
                        CacheControl: args.cacheControl,
                        ...(args.tags && { Tagging: new URLSearchParams(args.tags).toString() }),
                        Metadata: { "source-hash": fingerprint(args) },
                    }),
                );
            },
            async delete(id) {
                await unlessGone(s3.send(new DeleteObjectCommand(place(id))), "NoSuchBucket", "NoSuchKey");
            },
        }),
    };
}
