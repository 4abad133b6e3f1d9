import type { StackConfig } from "../config.ts";
import type { FileArgs } from "./data-bucket.ts";

/** What a stack uploads, and what Personalize may read and write in its bucket. */
export function filesOf(config: StackConfig): Readonly<Record<string, FileArgs>> {
    const { names, metadataFiles, batchInferenceFile } = config;
    const csv = (path: string, key: string): FileArgs => ({ path, key, contentType: "text/csv" });
    return {
        interactions: csv(config.interactionsFile, names.objectKey),
        ...(metadataFiles.items && { items: csv(metadataFiles.items, names.itemsKey) }),
        ...(metadataFiles.users && { users: csv(metadataFiles.users, names.usersKey) }),
        ...(batchInferenceFile && {
            batch: { path: batchInferenceFile, key: names.batchInputKey, contentType: "application/x-ndjson" },
        }),
    };
}

/** The prefixes that Personalize may read and write, from the keys of what is uploaded. */
export const prefixesOf = (config: StackConfig) => ({
    readPrefixes: Object.values(filesOf(config)).map(({ key }) => key),
    writePrefix: config.batchInferenceFile && config.names.batchOutputPrefix,
});
