import { basename } from "node:path/posix";

/** Checks whether a key is a folder, which means all objects whose keys begin with it. */
export const isFolder = (key: string) => key === "" || key.endsWith("/");

/** Name of a repaired file: `a.csv.gz` becomes `a.csv`. */
const csvName = (name: string) =>
    `${name.replace(/\.(gz|gzip|zip)$/i, "").replace(/\.(csv|tsv|txt|dat|data)$/i, "")}.csv`;

/**
 * Returns the key for the repaired copy of an object: `a.csv` gives `a.repaired.csv`. The copy of a folder is a folder inside it.
 * Policies for the original folder therefore also cover the copy, and an import of the original folder does not read it.
 */
export const repairedKey = (key: string) =>
    isFolder(key) ? `${key}repaired/` : csvName(key).replace(/\.csv$/, ".repaired.csv");

/** Returns the files of a folder that an import reads: those on its first level. If there are none, returns those of its subfolders. */
export function filesOf(folder: string, keys: readonly string[]): string[] {
    const inside = keys.filter((key) => key.startsWith(folder) && !key.startsWith(repairedKey(folder)));
    const first = inside.filter((key) => !key.slice(folder.length).includes("/"));
    return first.length > 0 ? first : inside;
}

/** Checks whether a file name is that of a data file. Other files, such as a manifest, are not copied to a repaired folder. */
export const isDataName = (key: string) =>
    /\.(csv|tsv|txt|dat|data)(\.gz|\.gzip|\.zip)?$/i.test(key) && !/^[._]/.test(basename(key));

/** Returns the name of a file in the repaired folder. All files are on one level, so each name is unique. */
export const nameIn = (folder: string, key: string) => csvName(key.slice(folder.length).replaceAll("/", "-"));
