import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { hasCode, messageOf, shell } from "terminal-text";
import { type AvroField, avroSchema, itemInteractionsSchema } from "./avro.ts";
import { filesBeside } from "./files.ts";
import type { Check } from "./quality/checks.ts";
import { parseTables } from "./tables/document.ts";
import type { Noun } from "./words.ts";

/**
 * manifest.json, beside the prepared files: what the data contains. Program, API, page and runbooks read from it the
 * schemas, the event types, and the words for an item (such as "film" or "product").
 */
export interface Manifest {
    readonly schemaVersion: typeof manifestVersion;
    /** Input files, in the order in which data-prep read them. SHA-256 is hexadecimal. */
    readonly sources: readonly { readonly dataset: Dataset; readonly file: string; readonly sha256: string }[];
    /** Options of `npm run data-prep` that produce these files again. */
    readonly options: readonly string[];
    /** The file with the options, and its SHA-256; absent for options on the command line. */
    readonly optionsFile?: { readonly file: string; readonly sha256: string } | undefined;
    /** Fingerprint of the key with which `--hash-users` hashed the users' ids; absent if the ids are those of the files. */
    readonly userHash?: string | undefined;
    readonly interactions: {
        /** SHA-256 of the CSV. A manifest with another hash belongs to other data and is ignored. */
        readonly sha256: string;
        readonly rows: number;
        readonly users: number;
        readonly items: number;
        /** Epoch seconds. */
        readonly firstTimestamp: number;
        readonly lastTimestamp: number;
        /**
         * Number of input rows that are not in the CSV: unusable, without an event type by the rule of `--event` or
         * without an element in the list of items, or equal to another row.
         */
        readonly skipped: number;
        readonly leftOut: number;
        readonly repeated: number;
        readonly fields: readonly AvroField[];
    };
    /** Event types, the most frequent first. The page sends the first one. */
    readonly eventTypes: readonly { readonly name: string; readonly rows: number }[];
    /** Event types after which the default filter leaves out an item. */
    readonly consumedTypes: readonly string[];
    readonly items?: AttributesEntry;
    readonly users?: AttributesEntry;
    readonly noun: Noun;
    /** Checks of the data quality. A red check stops `pulumi up`. */
    readonly checks: readonly Check[];
    /** Users with histories of different lengths, for the demo and the page. */
    readonly viewers: readonly string[];
    /** SHA-256 of each file that data-prep wrote beside the manifest; the keys are the files' names. */
    readonly files: Readonly<Record<string, string>>;
}

type Dataset = "interactions" | "items" | "users";

/** The manifest's entry for a CSV of items or users. */
interface AttributesEntry {
    /** Name of the CSV beside the manifest. */
    readonly file: string;
    readonly rows: number;
    readonly fields: readonly AvroField[];
    /** Whether the stack creates a dataset of the CSV: `--items` or `--users` named its table. */
    readonly isDataset: boolean;
}

export const manifestVersion = 1;

/** Reads a manifest from its text. Throws an Error for other text, or another version. */
function parseManifest(text: string, path: string): Manifest {
    let manifest: Partial<Manifest> | null;
    try {
        manifest = JSON.parse(text);
    } catch (error) {
        throw new Error(`${path} is not JSON (${messageOf(error)}). Create it again:  npm run data-prep`);
    }
    if (manifest?.schemaVersion !== manifestVersion) {
        throw new Error(
            `${path} has schemaVersion ${manifest?.schemaVersion}, but this program reads version ${manifestVersion}. Create it again:  npm run data-prep`,
        );
    }
    return manifest as Manifest;
}

/**
 * Reads the manifest beside a CSV, even if it describes another CSV; returns undefined if it does not exist. Throws
 * an Error for a manifest of another format.
 */
export async function readManifest(csvPath: string): Promise<Manifest | undefined> {
    const path = filesBeside(csvPath).manifest;
    return existsSync(path) ? parseManifest(await readFile(path, "utf8"), path) : undefined;
}

/**
 * Returns the manifest beside the interactions at `csvPath`, if it was written for interactions with this hash;
 * otherwise undefined.
 */
export async function readMatchingManifest(
    csvPath: string,
    sha256: () => Promise<string>,
): Promise<Manifest | undefined> {
    const manifest = await readManifest(csvPath);
    return manifest && manifest.interactions.sha256 === (await sha256()) ? manifest : undefined;
}

/**
 * Returns the schema of a CSV's interactions, as text for Personalize. Without a manifest, returns the schema of four
 * columns.
 */
export const chooseInteractionsSchema = (manifest: Manifest | undefined): string =>
    manifest === undefined
        ? itemInteractionsSchema
        : JSON.stringify(avroSchema("Interactions", manifest.interactions.fields));

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

/**
 * Returns why the fallback tables beside the interactions cannot be used, as text: they are missing or unreadable, or
 * were made from other interactions. Returns undefined if they can be used.
 *
 * @param sha256 returns the hash of the interactions, hexadecimal. It is called only if the tables exist
 */
export async function tablesProblem(
    interactionsFile: string,
    sha256: () => Promise<string>,
): Promise<string | undefined> {
    const file = filesBeside(interactionsFile).tables;
    let of: string;
    try {
        of = parseTables(await readFile(file, "utf8")).interactions.sha256;
    } catch (error) {
        return hasCode(error, "ENOENT") ? `there is no ${file}` : `${file} cannot be used: ${messageOf(error)}`;
    }
    return of === (await sha256()) ? undefined : `${file} was made from other interactions than ${interactionsFile}`;
}

/**
 * Returns the command that creates interactions and tables again, with the files and options in the manifest. Without a
 * manifest, returns the command for MovieLens 100k, with a comment.
 */
export async function prepareCommand(interactionsFile: string): Promise<string> {
    const manifest = await readManifest(interactionsFile).catch(() => undefined);
    const given = manifest?.optionsFile ? ["--options", manifest.optionsFile.file] : (manifest?.options ?? []);
    const command = shell("npm", "run", "data-prep", "--", ...given, "--output", interactionsFile);
    return manifest ? command : `${command}   # MovieLens 100k; name your own files before --output`;
}
