import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/**
 * Locks a folder, so that two processes never write the same data. The operating system holds the lock, through SQLite.
 * It ends with its process in every case, and a reused process id cannot be mistaken for the holder.
 *
 * Waits up to `waitMs`. Returns a function that releases the lock, or undefined while another process holds it.
 */
export function takeFolder(dir: string, waitMs = 0): (() => void) | undefined {
    mkdirSync(dir, { recursive: true });
    const lock = new DatabaseSync(join(dir, "lock.sqlite"), { timeout: waitMs });
    try {
        lock.exec("BEGIN EXCLUSIVE");
        return () => lock.close();
    } catch (error) {
        lock.close();
        if (/locked/.test((error as Error).message)) {
            return undefined;
        }
        throw error;
    }
}
