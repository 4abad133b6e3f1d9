import { createReadStream } from "node:fs";
import { open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import { type CatalogueItem, readCatalogue } from "./catalogue.ts";
import { isZip, readFromZip } from "./files.ts";
import { readItemFileIn } from "./movielens.ts";

/** Ratings to prepare, with their catalogue. */
export interface RatingsInput {
    /** The file's name in messages. */
    name: string;
    ratings: AsyncIterable<Uint8Array>;
    /** Empty without an item file: ids then replace titles. */
    catalogue: CatalogueItem[];
}

/**
 * Opens the user's input: a u.data (with the u.item beside it, if any), or a zip with both in any folder, as from
 * GroupLens or Kaggle. Throws an Error that names an unreadable file.
 */
export async function openRatings(path: string): Promise<RatingsInput> {
    if (await startsAsZip(path)) return openZip(path);
    const items = await readItemFileIn(dirname(path));
    return {
        name: path,
        ratings: createReadStream(path, { highWaterMark: 1 << 20 }),
        catalogue: items ? catalogueOf(items, path) : [],
    };
}

async function openZip(path: string): Promise<RatingsInput> {
    const files = readZip(await readFile(path), path);
    const ratings = files.get("u.data");
    if (!ratings)
        throw new Error(`${path} holds no u.data: it should be MovieLens' ml-100k.zip, from GroupLens or Kaggle.`);
    const items = files.get("u.item");
    return {
        name: `${path}:u.data`,
        ratings: (async function* () {
            yield ratings;
        })(),
        catalogue: items ? catalogueOf(items, path) : [],
    };
}

function readZip(zip: Uint8Array, path: string): Map<string, Uint8Array> {
    try {
        return readFromZip(zip, ["u.data", "u.item"]);
    } catch (error) {
        throw new Error(`${path} is a damaged zip (${(error as Error).message}): download it again.`);
    }
}

function catalogueOf(items: Uint8Array, path: string): CatalogueItem[] {
    try {
        return readCatalogue(items);
    } catch (error) {
        throw new Error(`The titles for ${path} cannot be read: ${(error as Error).message}.`);
    }
}

async function startsAsZip(path: string): Promise<boolean> {
    const file = await open(path).catch((error: NodeJS.ErrnoException) => {
        throw new Error(
            error.code === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}.`,
        );
    });
    try {
        const { buffer, bytesRead } = await file.read(Buffer.alloc(4), 0, 4, 0);
        return isZip(buffer.subarray(0, bytesRead));
    } catch (error) {
        throw new Error(`${path} cannot be read: ${(error as Error).message}.`);
    } finally {
        await file.close();
    }
}
