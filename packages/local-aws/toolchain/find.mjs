import { spawnSync } from "node:child_process";
import { accessSync, constants, realpathSync, statSync } from "node:fs";
import { delimiter, join, resolve } from "node:path";

/** PATH without the clone's own tool folders, which `npm run` and an outer bootstrap add: the machine's tools only. */
export function machinePath(root, path = process.env.PATH ?? "") {
    const own = new Set([join(root, "node_modules", ".bin"), join(root, ".tools", "bin")].map(real));
    return path
        .split(delimiter)
        .filter((folder) => folder !== "" && !own.has(real(folder)))
        .join(delimiter);
}

// A clone may be reached by a link; its tools are still not the machine's.
function real(folder) {
    try {
        return realpathSync(folder);
    } catch {
        return resolve(folder);
    }
}

/** The first executable file of this name on a PATH, or undefined. Starts nothing. */
export function findOnPath(name, path) {
    for (const folder of path.split(delimiter)) {
        const file = join(folder, name);
        if (isExecutable(file)) return file;
    }
    return undefined;
}

/** Whether this is an executable file; a dangling link is not. */
export function isExecutable(file) {
    try {
        accessSync(file, constants.X_OK);
        return statSync(file).isFile();
    } catch {
        return false;
    }
}

/** The trimmed stdout of a program; undefined when it fails or runs for more than 20 seconds. */
export function ask(file, args, env) {
    const { status, stdout } = spawnSync(file, args, {
        env,
        encoding: "utf8",
        timeout: 20_000,
        stdio: ["ignore", "pipe", "ignore"],
    });
    return status === 0 ? stdout.trim() : undefined;
}

/** The first dotted version in a text (`go1.26.8` gives `1.26.8`), or undefined. */
export function versionIn(text) {
    return /\d{1,9}\.\d{1,9}(?:\.\d{1,9})?/.exec(text ?? "")?.[0];
}

/** Whether a dotted version is at least another; missing numbers count as 0. */
export function isAtLeast(version, minimum) {
    const [have, want] = [version, minimum].map((text) => text.split(".").map(Number));
    for (let i = 0; i < 3; i++) {
        const difference = (have[i] ?? 0) - (want[i] ?? 0);
        if (difference !== 0) return difference > 0;
    }
    return true;
}
