import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** The lines of a text that arrives in chunks, without line ends and without empty lines. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
    for await (const line of createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line.trim() !== "") yield line;
    }
}
