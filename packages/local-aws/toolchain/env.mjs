import { readFileSync } from "node:fs";
import { join } from "node:path";

/**
 * The paths of a clone's tools. Reads one small file, starts nothing.
 *
 * @param {string} root the clone's folder
 * @returns {import("./env.d.mts").Toolchain}
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

function readEngine(file, toolsBin) {
    try {
        const { source, version, path } = JSON.parse(readFileSync(file, "utf8"));
        // A clone may be moved: its own files are found from its current place.
        return { source, version, path: source === "PATH" ? path : join(toolsBin, "pulumi") };
    } catch {
        return undefined;
    }
}
