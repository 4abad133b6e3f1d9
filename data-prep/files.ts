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

/** Writes a value as indented JSON, completely or not at all. */
export async function writeWholeJson(path: string, value: unknown): Promise<void> {
    await writeWholeFile(path, (write) => write(Buffer.from(`${JSON.stringify(value, null, 2)}\n`)));
}

/** Returns the SHA-256 of a file, hexadecimal. */
export async function hashFile(path: string): Promise<string> {
    const hash = createHash("sha256");
    await pipeline(createReadStream(path, { highWaterMark: 1 << 20 }), hash);
    return hash.digest("hex");
}

/** Creates a writer of files beside an interactions CSV, which records the hash of each file. */
export function outputFolder(csvPath: string) {
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
            const path = join(dirname(csvPath), name);
            if ((await hashFile(path).catch(() => undefined)) !== sha256) continue;
            await rm(path);
            removed.push(name);
        }
        return removed;
    };
    return { files, put, putJson, note, removeStale };
}
