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
