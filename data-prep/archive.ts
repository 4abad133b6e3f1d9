import { unzipSync } from "fflate";

const LOCAL_FILE_HEADER = Buffer.from("PK\u0003\u0004");

export function isZip(bytes: Uint8Array): boolean {
    return LOCAL_FILE_HEADER.equals(bytes.subarray(0, LOCAL_FILE_HEADER.length));
}

/**
 * Reads files out of a zip (a wheel is one too) by their bare names, in whatever folder they lie: GroupLens packs
 * `ml-100k/u.data`, Kaggle `ml-100k/ml-100k/u.data`. Of several with one name, the one nearest the top is taken. Names
 * that are not there are absent from the answer. Throws an Error when the bytes are no zip or are damaged.
 */
export function readFromZip(zip: Uint8Array, names: readonly string[]): Map<string, Uint8Array> {
    const bareName = (path: string) => path.slice(path.lastIndexOf("/") + 1);
    const isResourceFork = (path: string) => path.startsWith("__MACOSX/");
    const found = unzipSync(zip, { filter: ({ name }) => names.includes(bareName(name)) && !isResourceFork(name) });
    const depth = (path: string) => path.split("/").length;
    const deepestFirst = Object.keys(found).sort((a, b) => depth(b) - depth(a));
    return new Map(deepestFirst.map((path) => [bareName(path), found[path] ?? new Uint8Array(0)]));
}
