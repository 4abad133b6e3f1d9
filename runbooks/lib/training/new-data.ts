import { baseName, canonical, toEventParameters } from "pulumi-personalize/core";
import type { StackConfig } from "../../../core/config/config.ts";
import { importedHash, type StateFlags } from "../../../core/operations/state-flags.ts";
import { attributesBeside } from "../../../data-prep/attributes/columns.ts";
import { catalogueBeside } from "../../../data-prep/catalogue.ts";
import { readColumns } from "../../../data-prep/columns.ts";
import { filesBeside, hashFile } from "../../../data-prep/files.ts";
import { readMatchingManifest, tablesProblem } from "../../../data-prep/manifest.ts";
import { writeTables } from "../../../data-prep/tables/make.ts";
import { someViewers } from "../../../data-prep/tables/viewers.ts";
import type { OperatedStack } from "../stack/operation.ts";
import { projectFile } from "../stack/stack-config.ts";

/**
 * Returns the import job in the state whose name starts with this prefix, which differs for interactions, items and
 * users.
 */
export const findImportJob = (recorded: OperatedStack["recorded"], jobNamePrefix: string) =>
    recorded.findLast(({ kind, inputs }) => kind === "DatasetImportJob" && inputs.jobNamePrefix === jobNamePrefix);

/**
 * Checks whether `pulumi up` would import or train, because a file differs from the imported one, no version was
 * trained on an import, or event weights have changed. `sent` is the state flag of the rows that `update-items` sent.
 */
export async function hasNewData({ config, recorded }: OperatedStack, sent?: StateFlags["sent"]): Promise<boolean> {
    const { names, metadataFiles } = config;
    const version = recorded.findLast(({ kind }) => kind === "SolutionVersion");
    const files = [
        [config.interactionsFile, names.importJobPrefix, undefined],
        [metadataFiles.items, names.itemsImportJobPrefix, sent?.items],
        [metadataFiles.users, names.usersImportJobPrefix, sent?.users],
    ] as const;
    for (const [file, jobNamePrefix, sentRows] of files) {
        const job = findImportJob(recorded, jobNamePrefix);
        // Treat a file that cannot be read as new data, because `pulumi up` then reports the error.
        const fileHash = file === undefined ? undefined : await hashFile(projectFile(file)).catch(() => "unreadable");
        const hash = fileHash && importedHash(sentRows, fileHash);
        if (job?.inputs.contentHash !== hash) return true;
        const isLearned = hash !== undefined && version?.inputs.rows === baseName(jobNamePrefix, hash);
        if (jobNamePrefix === names.importJobPrefix && !isLearned) return true;
    }
    const events = config.eventWeights && toEventParameters(config.eventWeights);
    return canonical(version?.inputs.eventParameters ?? null) !== canonical(events ?? null);
}

/**
 * Rebuilds the fallback tables if they were made from other interactions. Titles come from the catalog beside the
 * interactions; without a catalog, films are shown by id.
 * @returns the path of rebuilt tables; undefined if the tables are up to date
 */
export async function renewTables({ interactionsFile, api }: StackConfig): Promise<string | undefined> {
    const csvPath = projectFile(interactionsFile);
    const sha256 = await hashFile(csvPath);
    if (!api || (await tablesProblem(csvPath, async () => sha256)) === undefined) return undefined;
    const path = filesBeside(csvPath).tables;
    const columns = await readColumns(csvPath);
    // Without a manifest, the data is assumed to be MovieLens.
    const viewers = (await readMatchingManifest(csvPath, async () => sha256))?.viewers ?? someViewers(columns, true);
    const catalogue = await catalogueBeside(csvPath);
    const attributes = await attributesBeside(csvPath, catalogue);
    await writeTables(path, { columns, sha256, catalogue, attributes, viewers });
    return path;
}
