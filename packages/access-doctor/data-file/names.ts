import { basename } from "node:path/posix";

/** Whether a key names all objects below it. */
export const isFolder = (key: string) => key === "" || key.endsWith("/");

/** Name of a repaired file: `a.csv.gz` becomes `a.csv`. */
const csvName = (name: string) =>
    `${name.replace(/\.(gz|gzip|zip)$/i, "").replace(/\.(csv|tsv|txt|dat|data)$/i, "")}.csv`;

/**
 * The key beside a wrong file to which its repair is written: `a.csv` has `a.repaired.csv`. The repair of a folder is
 * a folder in it. Policies for the folder also cover that one, and an import of the folder does not read it.
 */
export const repairedKey = (key: string) =>
    isFolder(key) ? `${key}repaired/` : csvName(key).replace(/\.csv$/, ".repaired.csv");

/** The files of a folder that an import reads: its first level; without any, those of its sub-folders. */
export function filesOf(folder: string, keys: readonly string[]): string[] {
    const inside = keys.filter((key) => key.startsWith(folder) && !key.startsWith(repairedKey(folder)));
    const first = inside.filter((key) => !key.slice(folder.length).includes("/"));
    return first.length > 0 ? first : inside;
}

/** Whether a file's name is that of data; others, such as a manifest, are left out of a repaired folder. */
export const isDataName = (key: string) =>
    /\.(csv|tsv|txt|dat|data)(\.gz|\.gzip|\.zip)?$/i.test(key) && !/^[._]/.test(basename(key));

/** The name of a file in the repaired folder: one level, and one file for each name. */
export const nameIn = (folder: string, key: string) => csvName(key.slice(folder.length).replaceAll("/", "-"));
