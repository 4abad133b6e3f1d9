import { createHash } from "node:crypto";
import { rm } from "node:fs/promises";
import { basename, dirname, join } from "node:path";
import { hashFile, writeWholeFile } from "./files.ts";
import type { Manifest } from "./manifest.ts";

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
    const removeStale = async (before: Manifest | undefined): Promise<string[]> => {
        const removed: string[] = [];
        for (const [name, sha256] of Object.entries(before?.files ?? {})) {
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
