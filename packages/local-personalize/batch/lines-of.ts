import { createInterface } from "node:readline";
import { Readable } from "node:stream";

/** The lines of a text that comes in pieces, without their ends; empty ones are left out. */
export async function* linesOf(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<string> {
    for await (const line of createInterface({ input: Readable.from(bytes), crlfDelay: Number.POSITIVE_INFINITY })) {
        if (line.trim() !== "") yield line;
    }
}
