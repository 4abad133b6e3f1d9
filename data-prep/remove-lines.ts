import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";

const LF = 0x0a;

/** A range of whole lines of a file, which follows the previous range. */
export interface Part {
    readonly bytes: number;
    readonly lines: number;
}

/**
 * Removes lines from a file in place, and shortens the file. `parts` cover the whole file; `removed` are line numbers
 * from 0, ascending. Copies parts without a removed line as they are.
 *
 * @returns SHA-256 of the shortened file, hexadecimal
 */
export async function removeLines(file: FileHandle, parts: readonly Part[], removed: Int32Array): Promise<string> {
    const hash = createHash("sha256");
    const buffer = Buffer.alloc(parts.reduce((most, { bytes }) => Math.max(most, bytes), 0));
    let [firstLine, next, readTo, writtenTo] = [0, 0, 0, 0];
    for (const part of parts) {
        const bytes = buffer.subarray(0, part.bytes);
        readTo += await read(file, bytes, readTo);
        const from = next;
        while ((removed[next] ?? Number.POSITIVE_INFINITY) < firstLine + part.lines) next += 1;
        const kept = withoutLines(
            bytes,
            removed.subarray(from, next).map((line) => line - firstLine),
        );
        hash.update(kept);
        await write(file, kept, writtenTo);
        writtenTo += kept.length;
        firstLine += part.lines;
    }
    await file.truncate(writtenTo);
    return hash.digest("hex");
}

/** Moves the kept lines to the start of `bytes`, and returns them. */
function withoutLines(bytes: Buffer, removed: Int32Array): Buffer {
    let [kept, from, line] = [0, 0, 0];
    for (const each of removed) {
        let start = from;
        for (; line < each; line++) start = bytes.indexOf(LF, start) + 1;
        kept += bytes.copy(bytes, kept, from, start);
        from = bytes.indexOf(LF, start) + 1;
        line += 1;
    }
    return bytes.subarray(0, kept + bytes.copy(bytes, kept, from));
}

async function read(file: FileHandle, bytes: Buffer, position: number): Promise<number> {
    let length = 0;
    while (length < bytes.length) {
        const { bytesRead } = await file.read(bytes, length, bytes.length - length, position + length);
        if (bytesRead === 0) throw new Error("another program shortened the output file. Run data-prep again.");
        length += bytesRead;
    }
    return length;
}

async function write(file: FileHandle, bytes: Buffer, position: number): Promise<void> {
    for (let from = 0; from < bytes.length; ) {
        const { bytesWritten } = await file.write(bytes, from, bytes.length - from, position + from);
        from += bytesWritten;
    }
}
