import { createHash } from "node:crypto";
import { createReadStream, existsSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

export interface Content {
    /** SHA-256, hexadecimal. */
    readonly contentHash: string;
    /** Number of line ends; a CSV's header is one of the lines. */
    readonly lines: number;
    readonly bytes: number;
}

const lineEnd = 0x0a;
const known = new Map<string, Promise<Content>>();

/**
 * Hash and size of a local file, read once per run, because preview shows the price before the upload.
 *
 * @throws pulumi.RunError if the file does not exist.
 */
export function contentOf(file: string): Promise<Content> {
    const found = known.get(file) ?? readContent(file);
    known.set(file, found);
    return found;
}

async function readContent(file: string): Promise<Content> {
    if (!existsSync(file)) {
        throw new pulumi.RunError(
            `file ${file} does not exist. Run \`npm run data-prep\`, or set interactionsFile (dataOptionsFile, itemsFile, usersFile, batchInferenceFile) in the stack's config.`,
        );
    }
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
