import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

/** Exit code of a daemon that finds its folder served by another one. */
export const folderServed = 75;

/**
 * Takes an instance's folder, so that two processes never write the same data. The lock is the operating system's, by
 * way of SQLite: it ends with its process however that ends, and no pid used again can be mistaken for it.
 *
 * Waits up to `patienceMs`. Returns how to let go, or undefined while another process has the folder.
 */
export function takeFolder(dir: string, patienceMs = 0): (() => void) | undefined {
    mkdirSync(dir, { recursive: true });
    const lock = new DatabaseSync(join(dir, "lock.sqlite"), { timeout: patienceMs });
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
