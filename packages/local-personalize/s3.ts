import { GetObjectCommand, PutObjectCommand, paginateListObjectsV2, type S3Client } from "@aws-sdk/client-s3";
import type { ImportAccess } from "./contract.ts";

/** S3 sent no answer. Its message becomes the failure reason of the job, which AWS has no text for. */
export class S3UnreachableError extends Error {}

/** Throws the error of a call to S3, with S3's address if S3 sent no answer. */
async function explain(client: S3Client, error: unknown): Promise<never> {
    const { code, $metadata, message } = error as NodeJS.ErrnoException & { $metadata?: { httpStatusCode?: number } };
    if (code === undefined || $metadata?.httpStatusCode !== undefined) throw error;
    const { protocol = "https:", hostname = "AWS", port } = (await client.config.endpoint?.()) ?? {};
    const address = `${protocol}//${hostname}${port === undefined ? "" : `:${port}`}`;
    throw new S3UnreachableError(
        `S3 at ${address} does not answer (${message || code}). Start it, or name another with --s3-endpoint.`,
    );
}

/** Returns functions that list, read and write a job's objects with an S3 client. */
export function s3Objects(client: S3Client): Pick<ImportAccess, "list" | "read" | "write"> {
    const answered = <T>(call: Promise<T>) => call.catch((error) => explain(client, error));
    return {
        async list(Bucket, Prefix) {
            const pages = await answered(Array.fromAsync(paginateListObjectsV2({ client }, { Bucket, Prefix })));
            const objects = pages.flatMap(({ Contents = [] }) => Contents);
            return objects.map(({ Key = "", Size = 0 }) => ({ key: Key, size: Size }));
        },
        async read(Bucket, Key) {
            const { Body } = await answered(client.send(new GetObjectCommand({ Bucket, Key })));
            return Body as AsyncIterable<Uint8Array>;
        },
        async write(Bucket, Key, Body) {
            const command = new PutObjectCommand({ Bucket, Key, Body, ContentType: "application/json" });
            await answered(client.send(command));
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
