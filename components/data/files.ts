import { objectKeys, type StackConfig } from "../../config/config.ts";
import type { FileArgs } from "./data-bucket.ts";

/** What a stack uploads, and what Personalize may read and write in its bucket. */
export function filesOf(config: StackConfig): Readonly<Record<string, FileArgs>> {
    const { metadataFiles, batchInferenceFile } = config;
    const csv = (path: string, key: string): FileArgs => ({ path, key, contentType: "text/csv" });
    return {
        interactions: csv(config.interactionsFile, objectKeys.interactions),
        ...(metadataFiles.items && { items: csv(metadataFiles.items, objectKeys.items) }),
        ...(metadataFiles.users && { users: csv(metadataFiles.users, objectKeys.users) }),
        ...(batchInferenceFile && {
            batch: { path: batchInferenceFile, key: objectKeys.batchInput, contentType: "application/x-ndjson" },
        }),
    };
}

/** The prefixes that Personalize may read and write, from the keys of what is uploaded. */
export const prefixesOf = (config: StackConfig) => ({
    readPrefixes: Object.values(filesOf(config)).map(({ key }) => key),
    writePrefix: config.batchInferenceFile && objectKeys.batchOutput,
});
