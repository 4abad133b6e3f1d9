import { randomBytes } from "node:crypto";
import { mkdir, open, rename, rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

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
