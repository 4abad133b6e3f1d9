import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";

export interface Content {
    /** SHA-256, hexadecimal. */
    readonly contentHash: string;
    /** Number of line ends; a CSV's header is one of the lines. */
    readonly lines: number;
    readonly bytes: number;
}

const lineEnd = 0x0a;
const contents = new Map<string, Promise<Content>>();

/**
 * Returns hash and size of a local file. Reads the file only once per run, although the program needs them twice: for
 * the price in the preview, and for the upload.
 *
 * @throws Error of the file system. loadConfig has already rejected files that do not exist
 */
export function readContentOnce(file: string): Promise<Content> {
    const content = contents.get(file) ?? readContent(file);
    contents.set(file, content);
    return content;
}

async function readContent(file: string): Promise<Content> {
    const hash = createHash("sha256");
    let [lines, bytes] = [0, 0];
    for await (const chunk of createReadStream(file) as AsyncIterable<Buffer>) {
        hash.update(chunk);
        bytes += chunk.length;
        for (let at = chunk.indexOf(lineEnd); at !== -1; at = chunk.indexOf(lineEnd, at + 1)) {
            lines += 1;
        }
    }
    return { contentHash: hash.digest("hex"), lines, bytes };
}
