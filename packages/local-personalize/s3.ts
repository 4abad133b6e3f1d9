import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ImportAccess } from "./contract.ts";

/** S3 sent no answer. Its message becomes the failure reason of the job, which AWS has no text for. */
export class S3UnreachableError extends Error {}

/** Returns the error of a call to S3, with S3's address if S3 sent no answer. */
async function explained(client: S3Client, error: unknown): Promise<unknown> {
    const { code, $metadata, message } = error as NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } };
    if (code === undefined || $metadata?.httpStatusCode !== undefined) return error;
    const { protocol = "https:", hostname = "AWS", port } = (await client.config.endpoint?.()) ?? {};
    const address = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    return new S3UnreachableError(
        `S3 at ${address} does not answer (${message || code}). Start it, or name another with --s3-endpoint.`,
    );
}

/** Returns functions that list, read and write a job's objects with an S3 client. */
export function s3Objects(client: S3Client): Pick<ImportAccess, "list" | "read" | "write"> {
    const answered = async <T>(call: () => Promise<T>): Promise<T> => {
        try {
            return await call();
        } catch (error) {
            throw await explained(client, error);
        }
    };
    return {
        list: (Bucket, Prefix) =>
            answered(async () => {
                const objects: { key: string; size: number }[] = [];
                for await (const page of paginateListObjectsV2({ client }, { Bucket, Prefix })) {
                    objects.push(...(page.Contents ?? []).map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size })));
                }
                return objects;
            }),
        read: (Bucket, Key) =>
            answered(async () => {
                const { Body } = await client.send(new GetObjectCommand({ Bucket, Key }));
                return Body as AsyncIterable<Uint8Array>;
            }),
        write: (Bucket, Key, Body) =>
            answered(async () => {
                await client.send(new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" }));
            }),
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
