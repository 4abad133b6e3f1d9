import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { unzipSync } from "fflate";

export type WriteBytes = (bytes: Uint8Array) => Promise<void>;

/**
 * Makes the file at `path` appear whole or not at all: `fill` writes into a hidden file beside it, which takes the
 * path's place when `fill` is done, and is removed when it throws. `fill` is told its path, to read back what it wrote.
 * Folders that are missing are made. Returns what `fill` returns; a file that was at `path` before stays as it was until
 * the new one is complete.
 */
export async function writeWholeFile<T>(
    path: string,
    fill: (write: WriteBytes, beside: string) => Promise<T>,
): Promise<T> {
    const folder = dirname(path);
    await mkdir(folder, { recursive: true });
    const beside = join(folder, `.${basename(path)}.${randomBytes(6).toString("hex")}.partial`);
    const file = await open(beside, "wx");
    try {
        const result = await fill(async (bytes) => {
            await file.writeFile(bytes);
        }, beside);
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

/** Writes a value as indented JSON, whole or not at all. */
export async function writeWholeJson(path: string, value: unknown): Promise<void> {
    await writeWholeFile(path, (write) => write(Buffer.from(`${JSON.stringify(value, null, 2)}\n`)));
}

const LOCAL_FILE_HEADER = Buffer.from("PK\u0003\u0004");

export function isZip(bytes: Uint8Array): boolean {
    return LOCAL_FILE_HEADER.equals(bytes.subarray(0, LOCAL_FILE_HEADER.length));
}

/**
 * Reads files out of a zip (a wheel is one too) by their bare names, in whatever folder they lie: GroupLens packs
 * `ml-100k/u.data`, Kaggle `ml-100k/ml-100k/u.data`. Of several with one name, the one nearest the top is taken. Names
 * that are not there are absent from the answer. Throws an Error when the bytes are no zip or are damaged.
 */
export function readFromZip(zip: Uint8Array, names: readonly string[]): Map<string, Uint8Array> {
    const bareName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
    const isResourceFork = (path: string) => path.startsWith("__MACOSX/");
    const found = unzipSync(zip, { filter: ({ name }) => names.includes(bareName(name)) && !isResourceFork(name) });
    const depth = (path: string) => path.split("/").length;
    const deepestFirst = Object.keys(found).sort((a, b) => depth(b) - depth(a));
    return new Map(deepestFirst.map((path) => [bareName(path), found[path] ?? new Uint8Array(0)]));
}
