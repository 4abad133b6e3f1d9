import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The Pulumi engine that this clone uses, as the bootstrap chose it.
 *
 * @typedef {object} Engine
 * @property {"PATH" | "official installer" | "Go modules"} source where the bootstrap found it.
 * @property {string} version for example `3.274.1`.
 * @property {string} path the executable.
 */

/**
 * Returns the paths of a clone's tools, even if they are not installed yet. Reads one small file and starts no process.
 *
 * - `toolsBin` contains `pulumi` and its language host, unless the engine comes from `PATH`.
 * - `python` contains MiniStack and, from level `test` on, boto3 and pandas. Run its modules with `python -m`.
 * - `node` is the project's Node.js.
 * - `engine` is undefined until the bootstrap has run at level `engine` or higher.
 *
 * @param {string} root the clone's folder
 */
export function toolchain(root) {
    const toolsDir = join(root, ".tools");
    const toolsBin = join(toolsDir, "bin");
    return {
        toolsDir,
        toolsBin,
        python: join(toolsDir, "python", "bin", "python"),
        node: join(root, "node_modules", ".bin", "node"),
        engine: readEngine(join(toolsDir, "engine.json"), toolsBin),
    };
}

/** @returns {Engine | undefined} */
function readEngine(file, toolsBin) {
    try {
        const { source, version, path } = JSON.parse(readFileSync(file, "utf8"));
        // Do not use the recorded path of a tool inside the clone, because the clone may have been moved.
        return { source, version, path: source === "PATH" ? path : join(toolsBin, "pulumi") };
    } catch {
        return undefined;
    }
}
