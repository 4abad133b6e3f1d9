import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";

/**
 * Returns a digest of everything that a part depends on. The stamp is written as the last step of a build, so an equal
 * stamp means that the part is complete and up to date.
 * @param {readonly string[]} files files to hash; a missing file counts as empty
 * @param {readonly unknown[]} facts further dependencies, as JSON values
 */
export function digest(files, facts = []) {
    const hash = createHash("sha256").update(JSON.stringify([process.platform, process.arch, ...facts]));
    for (const file of files) hash.update("\0").update(existsSync(file) ? readFileSync(file) : "");
    return hash.digest("hex");
}

/** Returns the text of a stamp file; undefined if the file does not exist. */
export function readStamp(file) {
    try {
        return readFileSync(file, "utf8");
    } catch {
        return undefined;
    }
}
