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
 * The paths of a clone's tools. A path may be named before the bootstrap has created it. Reads one small file, starts
 * nothing, throws nothing.
 *
 * - `toolsBin` holds `pulumi` and its language host, unless the engine's source is `PATH`.
 * - `python` has MiniStack, and after level `test` boto3 and pandas. Run modules as `python -m`.
 * - `node` is the project's own Node.
 * - `engine` is undefined until the bootstrap has run at level `engine` or above.
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
        // A clone may be moved: its own files are found from its current place.
        return { source, version, path: source === "PATH" ? path : join(toolsBin, "pulumi") };
    } catch {
        return undefined;
    }
}
