import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { pipeline } from "node:stream";
import { createGunzip, createZstdDecompress } from "node:zlib";
import { messageOf } from "terminal-text";
import { type Entry, openPromise as openZip } from "yauzl";
import { hashFile } from "../files.ts";

/** A file with a table, with the name that messages use. */
export interface Source {
    readonly name: string;
    /**
     * Path of the file on disk. Absent for stdin and for a file in a zip, because `open` then does not return the bytes
     * of a file on disk.
     */
    readonly path?: string;
    /** Opens the file without decompressing it. */
    open(): Promise<AsyncIterable<Uint8Array>>;
    /**
     * Returns the SHA-256 of the file, or of the zip that contains it, hexadecimal. For stdin, call it after reading.
     */
    sha256(): Promise<string>;
}

/** Number of bytes at a file's start from which the format is detected: more than 1,000 rows of most data. */
export const headBytes = 1 << 18;
/** Maximum expansion of compressed data. Data compresses 3 to 20 times; only a malicious file grows more than this. */
const largestExpansion = 300;
const expansionCheckedFrom = 1 << 26;

/**
 * Returns the files at `path`: a file, `-` for stdin, or all visible files of a folder or a zip. Throws an Error that
 * names a missing or unreadable file.
 */
export async function sourcesAt(path: string): Promise<Source[]> {
    if (path === "-") return [streamSource("stdin", () => process.stdin)];
    const info = await stat(path).catch((error: NodeJS.ErrnoException) => {
        throw new Error(
            error.code === "ENOENT" ? `There is no file ${path}.` : `${path} cannot be read: ${error.message}.`,
        );
    });
    if (info.isDirectory()) {
        const names = (await readdir(path)).filter((name) => !name.startsWith(".")).sort();
        const files = await Promise.all(
            names.map(async (name) => ((await stat(join(path, name))).isFile() ? fileSource(join(path, name)) : [])),
        );
        return files.flat();
    }
    if (!info.isFile()) return [streamSource(path, () => createReadStream(path))];
    const { head } = await withHead(createReadStream(path, { end: 3 }));
    if (head.length === 4 && head.readUInt32BE() === 0x504b0304) return zipSources(path);
    return [fileSource(path)];
}

const itemsFile =
    /^(products?|items?|articles?|catalog(ue)?|books|produkte|artikel|produits|productos|articulos)\.(csv|tsv|txt|jsonl?|parquet)(\.(gz|zst))?$/i;

/**
 * Returns the path of the table of items in a folder with exported files. The function recognizes the table by its file
 * name, such as products.csv. Returns undefined if the folder has no such file, or several.
 */
export async function itemsInFolder(path: string): Promise<string | undefined> {
    const names = await readdir(path).catch(() => []);
    const [name, ...others] = names.filter((each) => itemsFile.test(each));
    return name === undefined || others.length > 0 ? undefined : join(path, name);
}

function fileSource(path: string): Source {
    return { name: path, path, open: async () => unchanging(path), sha256: () => hashFile(path) };
}

/** Returns a source that can be read only once. It computes the hash during the read. */
function streamSource(name: string, open: () => AsyncIterable<Uint8Array>): Source {
    const hash = createHash("sha256");
    async function* hashed(): AsyncGenerator<Uint8Array> {
        for await (const chunk of open()) {
            hash.update(chunk);
            yield chunk;
        }
    }
    return { name, open: async () => hashed(), sha256: async () => hash.copy().digest("hex") };
}

/** Yields the bytes of a file; throws an Error if the file changes while it is read. */
async function* unchanging(path: string): AsyncGenerator<Uint8Array> {
    const before = await stat(path);
    yield* createReadStream(path, { highWaterMark: 1 << 18 });
    const after = await stat(path);
    if (before.size !== after.size || before.mtimeMs !== after.mtimeMs) {
        throw new Error(`${path} changed while it was read: wait until it is complete, then run data-prep again.`);
    }
}

async function zipSources(path: string): Promise<Source[]> {
    const damaged = (error: unknown) => new Error(`${path} is a damaged zip (${messageOf(error)}): download it again.`);
    const entries = await openZip(path)
        .then((zip) => Array.fromAsync(zip.eachEntry()))
        .catch((error) => Promise.reject(damaged(error)));
    const depth = (name: string) => name.split("/").length;
    return entries
        .filter(({ fileName }) => !/(^|\/)(\.|__MACOSX\/)|\/$/.test(fileName))
        .sort((a, b) => depth(a.fileName) - depth(b.fileName))
        .map((entry) => ({
            name: `${path}:${entry.fileName}`,
            open: () => openEntry(path, entry, damaged),
            sha256: () => hashFile(path),
        }));
}

async function openEntry(path: string, entry: Entry, damaged: (error: unknown) => Error) {
    try {
        const zip = await openZip(path);
        const stream = await zip.openReadStreamPromise(entry);
        stream.once("close", () => zip.close());
        return limited(stream, path, () => entry.compressedSize, damaged);
    } catch (error) {
        throw damaged(error);
    }
}

/** Returns the bytes of a file, with gzip and zstd decompressed. Throws an Error for a damaged or cut file. */
export async function decompressed(source: Source): Promise<{ head: Buffer; bytes: AsyncIterable<Uint8Array> }> {
    const { head, bytes } = await withHead(await source.open());
    const isGzip = head[0] === 0x1f && head[1] === 0x8b;
    const isZstd = head.length >= 4 && head.readUInt32LE() === 0xfd2fb528;
    if (!isGzip && !isZstd) return { head, bytes };
    let compressed = 0;
    const counted = async function* () {
        for await (const chunk of bytes) {
            compressed += chunk.length;
            yield chunk;
        }
    };
    const unpack = isGzip ? createGunzip() : createZstdDecompress();
    // The reader of the result receives the error.
    pipeline(counted, unpack, () => undefined);
    const broken = (error: unknown) =>
        new Error(`${source.name} is damaged or cut (${messageOf(error)}): copy or download it again.`);
    return withHead(limited(unpack, source.name, () => compressed, broken));
}

async function* limited(
    stream: AsyncIterable<Uint8Array>,
    name: string,
    compressed: () => number,
    broken: (error: unknown) => Error,
): AsyncGenerator<Uint8Array> {
    const bomb = new Error(
        `${name} expands more than ${largestExpansion} times when it is unpacked, as a zip bomb does, so it is not read.`,
    );
    let length = 0;
    try {
        for await (const chunk of stream) {
            length += chunk.length;
            if (length > expansionCheckedFrom && length > largestExpansion * compressed()) throw bomb;
            yield chunk;
        }
    } catch (error) {
        throw error === bomb ? bomb : broken(error);
    }
}

/**
 * Reads the first bytes of a file. Also returns a stream of all its bytes. A caller that uses only the first bytes
 * calls `stop`.
 */
export async function withHead(source: AsyncIterable<Uint8Array>) {
    const iterator = source[Symbol.asyncIterator]();
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (length < headBytes) {
        const { done, value } = await iterator.next();
        if (done) break;
        chunks.push(value);
        length += value.length;
    }
    async function* bytes(): AsyncGenerator<Uint8Array> {
        try {
            yield* chunks.splice(0);
            for (;;) {
                const { done, value } = await iterator.next();
                if (done) return;
                yield value;
            }
        } finally {
            await iterator.return?.();
        }
    }
    return { head: Buffer.concat(chunks), bytes: bytes(), stop: async () => void (await iterator.return?.()) };
}
