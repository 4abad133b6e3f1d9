import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

const folders: string[] = [];

/** Creates an empty folder for the tests of a spec file. After the file's tests, a root hook deletes it. */
export function temporaryFolder(): string {
    const folder = mkdtempSync(join(tmpdir(), "movie-recommender-spec-"));
    folders.push(folder);
    return folder;
}

/** Deletes the folders that `temporaryFolder` created. */
export function deleteTemporaryFolders(): void {
    for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
