import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ImportAccess } from "./contract.ts";

/** Returns functions that list, read and write a job's objects with an S3 client. */
export function s3Objects(client: S3Client): Pick<ImportAccess, "list" | "read" | "write"> {
    return {
        async list(Bucket, Prefix) {
            const objects: { key: string; size: number }[] = [];
            for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
                objects.push(...(page.Contents ?? []).map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size })));
            }
            return objects;
        },
        async read(Bucket, Key) {
            const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
            return Body as AsyncIterable<Uint8Array>;
        },
        async write(Bucket, Key, Body) {
            await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
        },
    };
}

/** Returns access that allows everything: every role may read and write every object that the client reaches. */
export function openAccess(client: S3Client): ImportAccess {
    return {
        ...s3Objects(client),
        judge: async () => ({ allowed: true }),
        judgeWrite: async () => ({ allowed: true }),
    };
}
