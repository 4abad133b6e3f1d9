import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/**
 * A digest of everything that decides what a part contains. It is written as the last step of a build. An equal stamp
 * means that the part is complete and was made from these inputs.
 *
 * @param {readonly string[]} files read and hashed; a missing file counts as empty.
 * @param {readonly unknown[]} facts anything else that matters, as JSON
 */
export function digest(files, facts = []) {
    const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, ...facts]));
    for (const file of files) hash.update("\0").update(existsSync(file) ? readFileSync(file) : "");
    return hash.digest("hex");
}

/** The text of a stamp file; undefined when there is none. */
export function readStamp(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
