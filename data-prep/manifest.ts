import { readFile } from "node:fs/promises";
import { messageOf } from "terminal-text";
import { type AvroField, avroSchema, itemInteractionsSchema } from "./avro.ts";
import { filesBeside } from "./files.ts";
import type { Check } from "./quality/checks.ts";
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
    const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
        if (error.code === "ENOENT") return undefined;
        throw error;
    });
    return text === undefined ? undefined : parseManifest(text, path);
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
