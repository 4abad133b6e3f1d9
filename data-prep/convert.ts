import { createHash } from "node:crypto";
import type { FileHandle } from "node:fs/promises";
import { headerFields, maxColumns, reservedFields } from "./avro.ts";
import type { WriteBytes } from "./files.ts";
import type { Progress } from "./progress.ts";
import { removeLines } from "./remove-lines.ts";
import { createRowWriter, type Plan, type RowOptions } from "./row-writer.ts";

/** Size of a work unit in bytes. With it, memory use does not depend on the size of the source. */
const PIECE = 1 << 18;
const LONGEST_RECORD = 1 << 25;

const LF = 0x0a;

/**
 * Result of a conversion: what the row writer returns, the number of rows that equal an earlier one in all their values,
 * and the SHA-256 of the written bytes, hexadecimal.
 */
export type ConvertResult = Awaited<ReturnType<typeof convert>>;

export interface ConvertOptions extends RowOptions {
    readonly signal?: AbortSignal;
    /** Receives the phase, and the number of written rows about once per megabyte. */
    readonly onProgress?: Progress;
}

/**
 * Converts tables into the CSV for Personalize, in one pass over their bytes and in their order:
 * `"196","242","Watch",881250949`. The header is unquoted, because the service requires it. Bad rows are left out and
 * reported; the caller decides about them. Empty lines are skipped. Events that equal an earlier one are removed at the
 * end. `file` is empty, and open for reading and writing.
 *
 * @throws Error for a record above 32 MiB, an open quote at the end, and a damaged source. The abort reason of `signal`
 */
export async function convert(plans: readonly Plan[], file: FileHandle, options: ConvertOptions) {
    const hash = createHash("sha256");
    const hasValue = plans.some(({ roles }) => roles.value !== undefined);
    const extraNames = collectExtraNames(plans);
    const rows = createRowWriter(hasValue, extraNames, options);
    const output = createOutputBuffers(async (bytes) => {
        hash.update(bytes);
        await file.writeFile(bytes);
    });
    const header = [...headerFields(hasValue).map(({ name }) => name), ...extraNames];
    const headerLine = Buffer.from(`${header.join(",")}\n`);
    const parts = [{ bytes: await output.fill(headerLine.length, (out) => headerLine.copy(out)), lines: 1 }];
    // Use one buffer for all chunks, because new buffers cause much garbage collection. Each chunk follows the
    // incomplete record of the chunk before.
    let work = Buffer.alloc(2 * PIECE);
    for (const plan of plans) {
        const take = rows.takerOf(plan);
        // `enough` is the number of bytes at which the search for the end of a long record starts again. A search after
        // each chunk would read the record from its start each time, which takes quadratic time.
        let [kept, enough] = [0, 0];
        const convertPiece = async (piece: Uint8Array, isLast = false): Promise<void> => {
            // Copy the chunk, because a source may reuse its buffer.
            if (work.length < kept + piece.length) work = Buffer.concat([work], 2 * (kept + piece.length));
            work.set(piece, kept);
            const bytes = work.subarray(0, kept + piece.length);
            kept = bytes.length;
            if (kept < enough && !isLast) return;
            let [from, isFull] = [0, true];
            while (isFull) {
                const before = rows.rows();
                const length = await output.fill(2 * bytes.length + 16_384, (out) => {
                    const taken = take(bytes, from, out);
                    from = taken.end;
                    isFull = taken.isFull;
                    return taken.length;
                });
                parts.push({ bytes: length, lines: rows.rows() - before });
            }
            kept = bytes.copy(work, 0, from);
            enough = from === 0 ? Math.min(2 * kept, LONGEST_RECORD) : 0;
        };
        for await (const chunk of plan.table.bytes) {
            for (let from = 0; from < chunk.length; from += PIECE) {
                options.signal?.throwIfAborted();
                await convertPiece(chunk.subarray(from, from + PIECE));
                if (kept > LONGEST_RECORD) throw unending(plan, take.line());
            }
            options.onProgress?.("reading", rows.rows());
        }
        if (kept > 0) await convertPiece(Buffer.of(LF), true);
        if (kept > 0) throw unending(plan, take.line());
    }
    await output.end();
    options.onProgress?.("searching for repeated rows");
    const repeated = rows.dropRepeats();
    options.onProgress?.("writing");
    const sha256 = repeated.length === 0 ? hash.digest("hex") : await removeLines(file, parts, linesOf(repeated));
    return { ...rows.finish(), repeated: repeated.length, sha256 };
}

/** Creates two buffers for output: one is filled while the other one is written. */
function createOutputBuffers(write: WriteBytes) {
    let [free, busy] = [Buffer.alloc(0), Buffer.alloc(0)];
    let written = Promise.resolve();
    /**
     * Calls `use` with a buffer of at least `size` bytes, and writes as many bytes of it as `use` returns. Returns the
     * same number.
     */
    const fill = async (size: number, use: (out: Buffer) => number): Promise<number> => {
        if (free.length < size) free = Buffer.alloc(size);
        const bytes = free.subarray(0, use(free));
        await written;
        [free, busy] = [busy, free];
        written = write(bytes);
        // Ignore the error here: the next call awaits `written` and receives it.
        written.catch(() => undefined);
        return bytes.length;
    };
    /** Resolves after all is written. */
    const end = () => written;
    return { fill, end };
}

/** Converts row numbers to line numbers of the CSV. Row 0 is on line 1, below the header. */
const linesOf = (rows: Int32Array) => rows.map((row) => row + 1);

/** Returns the additional columns of all tables. Throws an Error if there are more than Personalize allows. */
export function collectExtraNames(plans: readonly Plan[]): string[] {
    const names = [...new Set(plans.flatMap(({ extras }) => extras.map(({ name }) => name)))];
    const own = names.filter((name) => reservedFields[name] === undefined);
    const most = maxColumns.Interactions;
    if (own.length > most) {
        throw new Error(
            `The interactions have ${own.length} additional columns (${own.join(", ")}), and Personalize allows only ${most}. ` +
                "Choose by --columns user=…,item=…,time=…,event=…,NAME=COLUMN.",
        );
    }
    return names;
}

function unending({ table }: Plan, line: number): Error {
    const reason = table.dialect.quotes
        ? "a row has no end: a quote opens there and never closes, or the row is longer than 32 MiB"
        : "a row is longer than 32 MiB";
    return new Error(
        `${table.name}, line ${line + 1 - table.addedLines}: ${reason}. Fix that line, then run data-prep again.`,
    );
}
