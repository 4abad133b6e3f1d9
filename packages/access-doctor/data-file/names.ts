import { basename } from "node:path/posix";

/** Checks whether a location's key is a folder: it ends in a slash or is empty, and stands for all objects below it. */
export const isFolder = (key: string) => key === "" || key.endsWith("/");

/** Returns the end of a data file's name, such as `.csv.gz`; empty for a name of another kind. */
export const dataSuffix = (key: string) => /\.(csv|tsv|txt|dat|data)(\.gz|\.gzip|\.zip)?$/i.exec(key)?.[0] ?? "";

/** Checks by its name whether a file contains data. Other files are, for example, a manifest. */
export const isDataName = (key: string) => dataSuffix(key) !== "" && !/^[._]/.test(basename(key));

/**
 * Returns the key for the converted file of an import: `a.csv.gz` gives `a.prepared.csv`. That of a folder is in its
 * subfolder `prepared/`: policies for the folder also allow reading it, and an import of the folder does not read it.
 */
export const preparedKey = (key: string) =>
    isFolder(key)
        ? `${key}prepared/interactions.csv`
        : `${key.slice(0, key.length - dataSuffix(key).length)}.prepared.csv`;

/** Returns the keys of the objects that an import of this key reads: the object, or those directly in the folder. */
export const importedKeys = (
    key: string,
    listed: readonly { readonly key: string; readonly size: number; readonly isDeleted?: boolean }[],
) =>
    listed.flatMap(({ key: name, size, isDeleted }) => {
        if (isDeleted) return [];
        const isInside = size > 0 && name.startsWith(key) && !name.slice(key.length).includes("/");
        return (isFolder(key) ? isInside : name === key) ? [name] : [];
    });
