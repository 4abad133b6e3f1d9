import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";

export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Makes the file at `path` appear complete or not at all. `fill` writes into a hidden file beside it, which replaces
 * `path` when `fill` ends, and is deleted when `fill` throws. Creates missing folders. Returns the result of `fill`; an
 * existing file stays unchanged until the new one is complete.
 */
export async function writeWholeFile<T>(
    path: string,
    fill: (write: WriteBytes, file: FileHandle) => Promise<T>,
): Promise<T> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const beside = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`);
    const file = await open(beside, "wx+");
    try {
        const result = await fill(async (bytes) => {
            await file.writeFile(bytes);
        }, file);
        await file.sync();
        await file.close();
        await rename(beside, path);
        return result;
    } catch (error) {
        await file.close().catch(() => undefined);
        await rm(beside, { force: true });
        throw error;
    }
}

/** Returns the SHA-256 of a file, hexadecimal. */
export async function hashFile(path: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
    return hash.digest("hex");
}

/** Creates a writer of files beside `sibling`, such as the interactions CSV. It records the hash of each file. */
export function outputFolder(sibling: string) {
    const files: Record<string, string> = {};
    /** Writes a file completely or not at all. */
    const put = async (path: string, text: string): Promise<void> => {
        await writeWholeFile(path, (write) => write(Buffer.from(text)));
        files[basename(path)] = createHash("sha256").update(text).digest("hex");
    };
    const putJson = (path: string, value: unknown) => put(path, `${JSON.stringify(value, null, 2)}\n`);
    /** Records the hash of a file that other code wrote. */
    const note = async (path: string): Promise<void> => {
        files[basename(path)] = await hashFile(path);
    };
    /**
     * Removes the files that an earlier run made from other data, and that this run did not write. Keeps files that
     * changed since then, or that `before` does not list, because they are the user's. Returns the removed names.
     */
    const removeStale = async (before: Readonly<Record<string, string>> = {}): Promise<string[]> => {
        const removed: string[] = [];
        for (const [name, sha256] of Object.entries(before)) {
            if (name in files || basename(name) !== name) continue;
            const path = join(dirname(sibling), name);
            if ((await hashFile(path).catch(() => undefined)) !== sha256) continue;
            await rm(path);
            removed.push(name);
        }
        return removed;
    };
    return { files, put, putJson, note, removeStale };
}

/** Default path of the CSV, relative to the project's folder, where npm runs commands. */
export const DEFAULT_OUTPUT = "data/personalize_interactions_fixed.csv";

/** Returns the path of the Avro schema of a CSV of items or users, which is beside the CSV. */
export const schemaPath = (csvPath: string): string => csvPath.replace(/(\.csv)?$/, ".schema.json");

/** Returns the paths of the files that data-prep writes into the folder of the interactions CSV. */
export const filesBeside = (csvPath: string) => {
    const beside = (name: string) => join(dirname(csvPath), name);
    return {
        /** Description of the prepared files. */
        manifest: beside("manifest.json"),
        catalogue: beside("catalogue.json"),
        /** The fallback tables: popular, trending and similar films. */
        tables: beside("fallback-tables.json"),
        items: beside("items.csv"),
        itemsSchema: schemaPath(beside("items.csv")),
        users: beside("users.csv"),
        usersSchema: schemaPath(beside("users.csv")),
    };
};

export interface Content {
    /** SHA-256, hexadecimal. */
    readonly contentHash: string;
    /** Number of line ends; a CSV's header is one of the lines. */
    readonly lines: number;
    readonly bytes: number;
}

const lineEnd = 0x0a;
const contents = new Map<string, Promise<Content>>();

/**
 * Returns hash and size of a local file. Reads the file only once per run, although the program needs them twice: for
 * the price in the preview, and for the upload.
 *
 * @throws Error of the file system. loadConfig has already rejected files that do not exist
 */
export function readContentOnce(file: string): Promise<Content> {
    const content = contents.get(file) ?? readContent(file);
    contents.set(file, content);
    return content;
}

async function readContent(file: string): Promise<Content> {
    const hash = createHash("sha256");
    let [lines, bytes] = [0, 0];
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
        for (let at = chunk.indexOf(lineEnd); at !== -1; at = chunk.indexOf(lineEnd, at + 1)) {
            lines += 1;
        }
    }
    return { contentHash: hash.digest("hex"), lines, bytes };
}
