import { isUtf8 } from "node:buffer";

/** The encodings that data-prep reads; `windows-1252` includes Latin-1. */
export type Encoding = "utf-8" | "utf-8-bom" | "utf-16le" | "utf-16be" | "windows-1252";

/** Detects the encoding from the first bytes of a file. Bytes that are not UTF-8 mean windows-1252. */
export function detectEncoding(head: Uint8Array): Encoding {
    if (head[0] === 0xef && head[1] === 0xbb && head[2] === 0xbf) return "utf-8-bom";
    if (head[0] === 0xff && head[1] === 0xfe) return "utf-16le";
    if (head[0] === 0xfe && head[1] === 0xff) return "utf-16be";
    return isUtf8(withoutCutCharacter(head)) ? "utf-8" : "windows-1252";
}

/** Removes a character that is incomplete at the end of `head`. */
function withoutCutCharacter(head: Uint8Array): Uint8Array {
    let end = head.length;
    while (end > 0 && head.length - end < 4 && ((head[end - 1] as number) & 0xc0) === 0x80) end -= 1;
    return end > 0 && (head[end - 1] as number) >= 0xc0 ? head.subarray(0, end - 1) : head;
}

/**
 * Yields the bytes as UTF-8 without a byte order mark. UTF-8 passes unchecked: the converter checks each value, and
 * names the line. Throws an Error for bytes that the other encodings do not allow.
 */
export async function* asUtf8(source: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncGenerator<Uint8Array> {
    if (encoding === "utf-8") return yield* source;
    if (encoding === "utf-8-bom") return yield* skipping(source, 3);
    const decoder = new TextDecoder(encoding, { fatal: true });
    for await (const chunk of source) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    yield Buffer.from(decoder.decode());
}

/** Yields the bytes after the first `count`. */
export async function* skipping(source: AsyncIterable<Uint8Array>, count: number): AsyncGenerator<Uint8Array> {
    let left = count;
    for await (const chunk of source) {
        const skipped = Math.min(left, chunk.length);
        left -= skipped;
        yield chunk.subarray(skipped);
    }
}
