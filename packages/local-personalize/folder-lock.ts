import { chmodSync, mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import { messageOf } from "./batch/access.ts";

/**
 * Locks a folder, so that two processes never write the same data. SQLite uses a lock of the operating system, which is
 * released whenever the process ends. A file with a process id would be ambiguous, because process ids are reused.
 *
 * The lock's file is readable by its owner only: whoever can read the file can hold the lock. Waits up to `waitMs`. Returns a function that releases the lock, or undefined while another process holds it.
 */
export function takeFolder(dir: string, waitMs = 0): (() => void) | undefined {
    mkdirSync(dir, { recursive: true, mode: 0o700 });
    const file = join(dir, "lock.sqlite");
    const lock = new DatabaseSync(file, { timeout: waitMs });
    try {
        chmodSync(file, 0o600);
        lock.exec("BEGIN EXCLUSIVE");
        return () => lock.close();
    } catch (error) {
        lock.close();
        if (/locked/.test(messageOf(error))) return undefined;
        throw error;
    }
}
