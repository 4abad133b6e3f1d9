import { Readable } from "node:stream";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { newestTablesKey, tablesKey } from "../../../config/names.ts";
import { maxTablesBytes, TablesFormatError } from "../../../data-prep/tables/document.ts";
import type { TablesPort } from "../../serving/ports.ts";

/** HTTP status of S3's response to a read with the object's current ETag. */
const notModified = 304;

/**
 * Creates the functions that read the fallback tables of solution versions from the stack's bucket, to which
 * `pulumi up` uploads them.
 */
export function storedTables(client: S3Client, Bucket: string): TablesPort {
    async function read(Key: string, IfNoneMatch: string | undefined, abortSignal: AbortSignal) {
        const {
            Body,
            ContentLength,
            ETag = "",
        } = await client.send(new GetObjectCommand({ Bucket, Key, IfNoneMatch }), {
            abortSignal,
        });
        // Check the length first: without memory for the whole text, the process would end.
        if (Number(ContentLength) > maxTablesBytes) {
            if (Body instanceof Readable) Body.destroy();
            throw new TablesFormatError(
                `${Key} has ${ContentLength} bytes, more than the ${maxTablesBytes} that the API reads.`,
            );
        }
        return { text: (await Body?.transformToString()) ?? "", etag: ETag };
    }
    return {
        read: (version, etag, signal) =>
            read(tablesKey(version), etag, signal).catch((error) => {
                if (error?.$metadata?.httpStatusCode === notModified) return undefined;
                throw error;
            }),
        newest: async (signal) => (await read(newestTablesKey, undefined, signal)).text,
    };
}
