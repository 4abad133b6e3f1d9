import { spawnSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** Returns PATH without the clone's tool folders, which `npm run` or a surrounding bootstrap may have added. */
export function machinePath(root, path = process.env.PATH ?? "") {
    const own = new Set([join(root, "node_modules", ".bin"), join(root, ".tools", "bin")].map(real));
    return path
        .split(delimiter)
        .filter((folder) => folder !== "" && !own.has(real(folder)))
        .join(delimiter);
}

// Resolve symbolic links, because the clone's path may contain one.
function real(folder) {
    try {
        return realpathSync(folder);
    } catch {
        return resolve(folder);
    }
}

/** Returns the first executable file with this name on a PATH, or undefined. Starts no process. */
export function findOnPath(name, path) {
    for (const folder of path.split(delimiter)) {
        const file = join(folder, name);
        if (isExecutable(file)) return file;
    }
    return undefined;
}

/** Checks whether the file exists and is executable; false for a broken link. */
export function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/** Returns a program's trimmed stdout; undefined if the program fails or runs longer than 20 seconds. */
export function ask(file, args, env) {
    const { status, stdout } = spawnSync(file, args, {
        env,
        encoding: "utf8",
        timeout: 20_000,
        stdio: ["ignore", "pipe", "ignore"],
    });
    return status === 0 ? stdout.trim() : undefined;
}

/** Returns the first version number in a text (`1.26.8` for `go1.26.8`), or undefined. */
export function versionIn(text) {
    return /\d{1,9}\.\d{1,9}(?:\.\d{1,9})?/.exec(text ?? "")?.[0];
}

/** Checks whether a version is equal to or newer than `minimum`. Missing parts count as 0. */
export function isAtLeast(version, minimum) {
    const [have, want] = [version, minimum].map((text) => text.split(".").map(Number));
    for (let i = 0; i < 3; i++) {
        const difference = (have[i] ?? 0) - (want[i] ?? 0);
        if (difference !== 0) return difference > 0;
    }
    return true;
}
