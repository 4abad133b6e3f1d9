import { readFile } from "node:fs/promises";
import {
    DeleteObjectCommand,
    GetObjectTaggingCommand,
    HeadObjectCommand,
    PutObjectCommand,
    type S3Client,
} from "@aws-sdk/client-s3";
import type * as aws from "@pulumi/aws";
import { unlessGone } from "../unless-gone.ts";
import { type AnyEntry, entry, named, type Properties, plainTags, withoutDefaults } from "./entry.ts";

/** S3's errors for an object that does not exist. */
const gone = ["NotFound", "NoSuchKey", "NoSuchBucket"] as const;

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
            // As with AWS's own plugin, a content that was overwritten outside is not drift.
            async read(id, state) {
                const found = await unlessGone(s3.send(new HeadObjectCommand(place(id))), ...gone);
                if (!found) {
                    return undefined;
                }
                const { TagSet } = await s3.send(new GetObjectTaggingCommand(place(id)));
                return {
                    contentType: found.ContentType ?? state.contentType,
                    cacheControl: found.CacheControl,
                    ...withoutDefaults({ tags: plainTags(TagSet) }, state as Properties, { tags: {} }),
                };
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
                    }),
                );
            },
            async delete(id) {
                await unlessGone(s3.send(new DeleteObjectCommand(place(id))), "NoSuchBucket", "NoSuchKey");
            },
        }),
    };
}
