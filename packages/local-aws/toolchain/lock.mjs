import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const POLL_MILLISECONDS = 200;

/**
 * Acquires the clone's lock, so that only one installation runs at a time. Waits while the process that holds the lock
 * is running. Replaces the lock of a process that has ended.
 * @param {string} toolsDir folder of the lock; created if missing
 * @param {(holder: number) => void} onWait called once with the pid of the holder
 * @returns {Promise<() => void>} releases the lock
 */
export async function takeLock(toolsDir, onWait) {
    mkdirSync(toolsDir, { recursive: true });
    const lock = join(toolsDir, "lock");
    let reported = false;
    for (;;) {
        if (claim(lock)) return () => rmSync(lock, { force: true });
        const holder = readHolder(lock);
        if (holder === undefined) continue;
        if (!isAlive(holder)) {
            removeDead(lock, holder);
            continue;
        }
        if (!reported) onWait(holder);
        reported = true;
        await sleep(POLL_MILLISECONDS);
    }
}

// Create the lock as a hard link to a complete file, so that no process reads a lock without the holder's id.
function claim(lock) {
    const mine = `${lock}-${process.pid}`;
    writeFileSync(mine, String(process.pid));
    try {
        linkSync(mine, lock);
        return true;
    } catch (error) {
        if (error.code === "EEXIST") return false;
        throw error;
    } finally {
        rmSync(mine, { force: true });
    }
}

function readHolder(lock) {
    try {
        return Number(readFileSync(lock, "utf8"));
    } catch {
        return undefined;
    }
}

// Two waiting processes may find that the lock's holder has ended, and the faster process may already have replaced the
// lock. The slower process must not remove the new lock. Each process therefore renames the lock, checks its holder,
// and restores the lock if the holder has changed.
function removeDead(lock, holder) {
    const aside = `${lock}-dead-${process.pid}`;
    try {
        renameSync(lock, aside);
        if (readHolder(aside) !== holder) linkSync(aside, lock);
    } catch (error) {
        if (error.code !== "ENOENT" && error.code !== "EEXIST") throw error;
    } finally {
        rmSync(aside, { force: true });
    }
}

/**
 * Checks whether a process with this id exists, even of another user.
 * @param {number} pid
 */
export function isAlive(pid) {
    try {
        process.kill(pid, 0);
        return true;
    } catch (error) {
        return error.code === "EPERM";
    }
}
