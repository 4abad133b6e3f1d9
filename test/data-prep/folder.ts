import { spawnSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";

const cli = join(import.meta.dirname, "..", "..", "data-prep", "cli.ts");

/**
 * Creates an empty folder for each test of a `describe`. `at` returns a path in it; `put` writes a file and returns its
 * path; `dataPrep` runs the command in it.
 */
export function folderForEach() {
    let folder: string;
    beforeEach(() => {
        folder = temporaryFolder();
    });
    const at = (name: string) => join(folder, name);
    const put = (name: string, bytes: string | Uint8Array) => {
        writeFileSync(at(name), bytes);
        return at(name);
    };
    const dataPrep = (...args: string[]) =>
        spawnSync(process.execPath, [cli, ...args], { encoding: "utf8", cwd: at("") });
    return { at, put, dataPrep };
}
