import { basename } from "node:path/posix";

/** Checks whether a location's key is a folder: it ends in a slash or is empty, and stands for all objects below it. */
export const isFolder = (key: string) => key === "" || key.endsWith("/");

/** Returns a file's name as plain CSV: `a.csv.gz` becomes `a.csv`. */
const csvName = (name: string) =>
    `${name.replace(/\.(gz|gzip|zip)$/i, "").replace(/\.(csv|tsv|txt|dat|data)$/i, "")}.csv`;

/**
 * Returns the key for the repaired copy of an object: `a.csv` gives `a.repaired.csv`. The copy of a folder is its
 * subfolder `repaired/`, so that policies for the original folder also allow reading the copy. An import of the
 * original folder does not read subfolders.
 */
export const repairedKey = (key: string) =>
    isFolder(key) ? `${key}repaired/` : csvName(key).replace(/\.csv$/, ".repaired.csv");

/**
 * Returns the files directly in a folder, which an import of the folder reads. If there are none, returns the files in
 * its subfolders.
 */
export function selectFiles(folder: string, keys: readonly string[]): string[] {
    const inside = keys.filter((key) => key.startsWith(folder) && !key.startsWith(repairedKey(folder)));
    const first = inside.filter((key) => !key.slice(folder.length).includes("/"));
    return first.length > 0 ? first : inside;
}

/**
 * Checks by its name whether a file contains data. Other files, such as a manifest, are not copied to the repaired
 * folder.
 */
export const isDataName = (key: string) =>
    /\.(csv|tsv|txt|dat|data)(\.gz|\.gzip|\.zip)?$/i.test(key) && !/^[._]/.test(basename(key));

/**
 * Returns a file's name in the repaired folder, which has no subfolders. The name contains the original path, so that
 * it is unique.
 */
export const repairedName = (folder: string, key: string) => csvName(key.slice(folder.length).replaceAll("/", "-"));
