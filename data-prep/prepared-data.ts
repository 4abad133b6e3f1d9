import { existsSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { chooseInteractionsSchema, type Manifest, readManifest, readMatchingManifest } from "./manifest.ts";

/** The data files in the configuration of a stack. */
interface Files {
    readonly interactionsFile: string;
    readonly metadataFiles: { readonly items: string | undefined; readonly users: string | undefined };
}

/** What the program reads from the manifest beside the interactions. */
export interface PreparedData<Config extends Files> {
    /** The configuration, with the files of items and users that the manifest names. */
    readonly config: Config;
    /** Avro schema of the interactions, as text for Personalize. */
    readonly interactionsSchema: string;
    /** The manifest; undefined if it does not exist or belongs to other interactions. */
    readonly manifest: Manifest | undefined;
}

/**
 * Reads the manifest beside the stack's interactions. Without one the configuration names all files, and the data
 * counts as MovieLens.
 *
 * @param sha256 returns the hash of the interactions, hexadecimal. It is called only if the interactions and a manifest
 * exist.
 * @param projectDir base of relative paths.
 * @throws Error if the manifest has another format than this program reads
 */
export async function preparedData<Config extends Files>(
    config: Config,
    sha256: () => Promise<string>,
    projectDir = ".",
): Promise<PreparedData<Config>> {
    const file = resolve(projectDir, config.interactionsFile);
    const manifest = existsSync(file) ? await readMatchingManifest(file, sha256) : undefined;
    return {
        config: { ...config, metadataFiles: metadataFilesOf(config, manifest) },
        interactionsSchema: chooseInteractionsSchema(manifest),
        manifest,
    };
}

/**
 * Returns the configuration with the files of items and users that the manifest names. Hashes the interactions only if
 * the manifest can add a file, because every runbook starts with this, and the interactions may be large.
 *
 * @throws Error if the manifest has another format than this program reads
 */
export async function withMetadataFiles<Config extends Files>(
    config: Config,
    sha256: () => Promise<string>,
    projectDir = ".",
): Promise<Config> {
    const file = resolve(projectDir, config.interactionsFile);
    const manifest = existsSync(file) ? await readManifest(file) : undefined;
    const named = metadataFilesOf(config, manifest);
    const adds = named.items !== config.metadataFiles.items || named.users !== config.metadataFiles.users;
    return adds && manifest?.interactions.sha256 === (await sha256()) ? { ...config, metadataFiles: named } : config;
}

/**
 * Returns the paths of the items and users files: those of the configuration, or else those that the manifest names for
 * a dataset. The manifest's files are beside the interactions.
 */
function metadataFilesOf(
    { interactionsFile, metadataFiles }: Files,
    manifest: Manifest | undefined,
): Files["metadataFiles"] {
    const named = (kind: "items" | "users") => {
        const entry = manifest?.[kind];
        return metadataFiles[kind] ?? (entry?.isDataset ? join(dirname(interactionsFile), entry.file) : undefined);
    };
    return { items: named("items"), users: named("users") };
}
