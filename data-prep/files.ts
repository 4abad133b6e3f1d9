import { createHash, randomBytes } from "node:crypto";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { pipeline } from "node:stream/promises";
import { unzipSync } from "fflate";

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

/**
 * Reads files of a zip (or a wheel) by their base names, in any folder: GroupLens packs `ml-100k/u.data`, Kaggle
 * `ml-100k/ml-100k/u.data`. If several files have one name, the one nearest to the top is used. Missing names are
 * absent from the result. Throws an Error if the bytes are not a zip, or damaged.
 */
export function readFromZip(zip: Uint8Array, names: readonly string[]): Map<string, Uint8Array> {
    const bareName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
    const isResourceFork = (path: string) => path.startsWith("__MACOSX/");
    const entries = unzipSync(zip, { filter: ({ name }) => names.includes(bareName(name)) && !isResourceFork(name) });
    const depth = (path: string) => path.split("/").length;
    const deepestFirst = Object.keys(entries).sort((a, b) => depth(b) - depth(a));
    return new Map(deepestFirst.map((path) => [bareName(path), entries[path] ?? new Uint8Array(0)]));
}
