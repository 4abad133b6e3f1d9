import { createHash } from "node:crypto";
import { mostColumns, reservedFields } from "./avro.ts";
import { headerFields } from "./extras.ts";
import type { WriteBytes } from "./files.ts";
import { type ConvertResult, createRowWriter, type Plan, type RowOptions } from "./row-writer.ts";

/** Size of a work unit: memory stays constant for any source. */
const PIECE = 1 << 20;
const LONGEST_RECORD = 1 << 25;

const LF = 0x0a;

export interface ConvertOptions extends RowOptions {
    readonly signal?: AbortSignal;
    /** Gets the number of written rows, about once a megabyte. */
    readonly onProgress?: (rows: number) => void;
}

/**
 * Converts tables into the CSV for Personalize, in one pass over their bytes and in their order:
 * `"196","242","Watch",881250949`. The header is unquoted, because the service requires it. Bad rows are left out and
 * reported; the caller decides about them. Empty lines are skipped.
 *
 * @throws Error for a record above 32 MiB, an open quote at the end, and a damaged source; the abort reason of `signal`
 */
export async function convert(
    plans: readonly Plan[],
    write: WriteBytes,
    options: ConvertOptions,
): Promise<ConvertResult> {
    const hash = createHash("sha256");
    const hasValue = plans.some(({ roles }) => roles.value !== undefined);
    const extraNames = extraNamesOf(plans);
    const rows = createRowWriter(hasValue, extraNames, options);
    const flush = async (bytes: Uint8Array) => {
        hash.update(bytes);
        await write(bytes);
    };
    const header = [...headerFields(hasValue).map(({ name }) => name), ...extraNames];
    await flush(Buffer.from(`${header.join(",")}\n`));
    for (const plan of plans) {
        const take = rows.takerOf(plan);
        let carry: Uint8Array = new Uint8Array(0);
        for await (const chunk of plan.table.bytes) {
            for (let from = 0; from < chunk.length; from += PIECE) {
                options.signal?.throwIfAborted();
                const piece = chunk.subarray(from, from + PIECE);
                // A copy, because a source may reuse its buffer.
                const bytes = Buffer.concat([carry, piece]);
                const end = await take(bytes, flush);
                carry = bytes.subarray(end);
                if (carry.length > LONGEST_RECORD) throw unending(plan, take.line());
            }
            options.onProgress?.(rows.rows());
        }
        if (carry.length > 0) {
            const bytes = Buffer.concat([carry, Buffer.of(LF)]);
            if ((await take(bytes, flush)) < bytes.length) throw unending(plan, take.line());
        }
    }
    return { ...rows.finish(), sha256: hash.digest("hex") };
}

/** The further columns of all tables. Throws an Error above the service's number. */
function extraNamesOf(plans: readonly Plan[]): string[] {
    const names = [...new Set(plans.flatMap(({ extras }) => extras.map(({ name }) => name)))];
    const own = names.filter((name) => reservedFields[name] === undefined);
    const most = mostColumns.Interactions;
    if (own.length > most) {
        throw new Error(
            `The interactions have ${own.length} further columns (${own.join(", ")}), and the service allows ${most}. ` +
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
