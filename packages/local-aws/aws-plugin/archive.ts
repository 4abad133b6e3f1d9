import { readFile } from "node:fs/promises";
import { type Zippable, zipSync } from "fflate";

/** A file of an archive as the engine sends it to the plugin. */
interface WiredAsset {
    readonly text?: string;
    readonly path?: string;
}

/**
 * The modification time of every zip entry, so that equal files give equal archives. It is the earliest time that the
 * zip format allows.
 */
const always = new Date(1980, 0, 1);

/**
 * Creates the zip file of an AssetArchive. Equal files in any order give equal bytes.
 * @throws Error for an archive that contains anything but strings and files
 */
export async function createZip(code: unknown): Promise<Uint8Array> {
    const assets = (code as { assets?: Record<string, WiredAsset> } | undefined)?.assets;
    if (!assets) {
        throw new Error("the local AWS plugin accepts only an AssetArchive as the code of a function");
    }
    const files: Zippable = {};
    for (const [name, { text, path }] of Object.entries(assets).sort(([a], [b]) => (a < b ? -1 : 1))) {
        if (text !== undefined) files[name] = Buffer.from(text);
        else if (path !== undefined) files[name] = await readFile(path);
        else {
            throw new Error(
                `the local AWS plugin accepts only StringAssets and FileAssets in an archive; ${name} is neither`,
            );
        }
    }
    return zipSync(files, { mtime: always });
}
