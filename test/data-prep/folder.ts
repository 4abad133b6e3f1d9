import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { temporaryFolder } from "../support/temporary-folder.ts";

/**
 * Creates an empty folder for each test of a `describe`. `at` returns a path in it; `put` writes a file and returns its
 * path.
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
    return { at, put };
}
