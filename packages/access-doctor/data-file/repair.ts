import { createReadStream, createWriteStream } from "node:fs";
import { open, readFile, stat } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import { CsvError, parse } from "csv-parse";
import { hasCode, messageOf } from "terminal-text";
import type { Encoding } from "./bytes.ts";
import { type Columns, chooseColumns, RepairError } from "./columns.ts";
import type { Field, Shape } from "./fields.ts";
import { parserOptions, parseSample, type Sample, type Table, unzipped } from "./sample.ts";
import { type Change, changes, checked, isBlank } from "./values.ts";

export interface Repaired {
    readonly rows: number;
    /** Names of the columns in the repaired copy. */
    readonly names: readonly string[];
    readonly datasetType: string | undefined;
    /** Each kind of change, with the number of changed values or lines; 1 for a change of the whole file. */
    readonly changes: readonly { readonly what: string; readonly count: number }[];
}

/** Number of bytes at the start of a file from which its format, delimiter and header are detected. */
export const startBytes = 256 * 1024;
const listedErrors = 5;
const pieceLength = 64 * 1024;

/**
 * Writes a repaired copy of the file `from` to `to`, as Personalize requires: in UTF-8, with commas, the schema's
 * header, and times in epoch seconds. `name` is the file's name in messages. `keep` contains the names of the columns
 * to copy; if it is undefined, all columns are copied.
 *
 * @throws RepairError for content that cannot be repaired safely, with the lines and values
 */
export async function repairCsv(
    from: string,
    to: string,
    options: {
        readonly name: string;
        readonly shape: Shape | undefined;
        readonly keep: ReadonlySet<string> | undefined;
        readonly signal?: AbortSignal;
    },
): Promise<Repaired> {
    const { name } = options;
    const { table, unpack, unpacked } = await openFile(from, name);
    const encoding = await detectEncoding(table, unpack);
    const columns = chooseColumns(table, options);
    const tally = new Map<string, number>();
    const count = (what: string) => tally.set(what, (tally.get(what) ?? 0) + 1);
    let rows = 0;
    async function* lines() {
        let piece = `${columns.names.join(",")}\n`;
        for await (const values of repairedRows(texts(unpack(), encoding), table, columns, name, count)) {
            rows++;
            piece += `${values.map(quoted).join(",")}\n`;
            if (piece.length > pieceLength) {
                yield piece;
                piece = "";
            }
        }
        yield piece;
    }
    await pipeline(lines, createWriteStream(to), options.signal ? { signal: options.signal } : {});
    const whole = [...unpacked, ...changesOfText(table, encoding), ...columns.changes];
    return {
        rows,
        names: columns.names,
        datasetType: columns.datasetType,
        changes: [...whole.map((what) => ({ what, count: 1 })), ...[...tally].map(([what, n]) => ({ what, count: n }))],
    };
}

/**
 * Returns the reason why a file that begins with this sample cannot be repaired safely; undefined if the sample shows
 * none.
 */
export function repairProblem({ form, table }: Sample, shape: Shape, name: string): string | undefined {
    if (form.is === "other") return `${name} is ${form.name}, not CSV`;
    // If an archive was not read completely, the rest of it may contain a table.
    if (!table) return undefined;
    if (table.malformed && !table.malformed.isReadable)
        return `line ${table.malformed.line} of ${name} is not valid CSV`;
    try {
        const { problemOf, pick } = chooseColumns(table, { name, shape, keep: undefined });
        for (const { line, values } of table.rows.filter((row) => !isBlank(row.values))) {
            const problem = problemOf(values);
            if (problem !== undefined) return `line ${line} of ${name}: ${problem}`;
            const wrong = pick.find(({ place, field }) => field && checked(field, values[place] ?? "").is === "wrong");
            if (wrong) return `line ${line} of ${name} has a value for ${wrong.as} that has no safe repair`;
        }
        return undefined;
    } catch (error) {
        if (error instanceof RepairError) return error.message;
        throw error;
    }
}

/**
 * Returns the table at a file's start, and the function `unpack`, which reads the uncompressed bytes and can be called
 * more than once.
 */
async function openFile(path: string, name: string) {
    const { size } = await stat(path);
    const file = await open(path);
    const start = Buffer.alloc(Math.min(size, startBytes));
    await file.read(start, 0, start.length, 0).finally(() => file.close());
    const zip = parseSample(start, size <= startBytes).form.is === "zip" ? await readFile(path) : undefined;
    const { form, table } = zip ? parseSample(zip, true) : parseSample(start, size <= startBytes);
    if (size === 0) throw new RepairError(`${name} is empty.`);
    if (form.is === "other") throw new RepairError(`${name} is ${form.name}, not CSV: export it as CSV.`);
    if (!table)
        throw new RepairError(`${name} is a ${form.is} archive that does not contain exactly one CSV file: unpack it.`);
    const unpack = (): AsyncIterable<Uint8Array> => {
        if (zip) return Readable.from([unzipped(zip)]);
        const bytes = createReadStream(path, { highWaterMark: 1 << 20 });
        return form.is === "gzip" ? gunzip(bytes) : bytes;
    };
    return { table, unpack, unpacked: form.is === "text" ? [] : [`unpacked ${form.is}`] };
}

function gunzip(bytes: Readable): AsyncIterable<Uint8Array> {
    const unpacking = createGunzip();
    // The reader of the uncompressed bytes gets the same error, so ignore it here.
    pipeline(bytes, unpacking).catch(() => {});
    return unpacking;
}

/**
 * Detects the encoding from the whole file, because the first lines may contain only ASCII, and a later line may
 * contain bytes that are not UTF-8.
 */
async function detectEncoding({ encoding }: Table, unpack: () => AsyncIterable<Uint8Array>): Promise<Encoding> {
    if (encoding !== "utf-8") return encoding;
    const decoder = new TextDecoder("utf-8", { fatal: true });
    try {
        for await (const chunk of unpack()) decoder.decode(chunk, { stream: true });
        decoder.decode();
        return "utf-8";
    } catch (error) {
        if (!hasCode(error, "ERR_ENCODING_INVALID_ENCODED_DATA")) throw error;
        return "windows-1252";
    }
}

async function* texts(bytes: AsyncIterable<Uint8Array>, encoding: Encoding): AsyncIterable<string> {
    const decoder = new TextDecoder(encoding);
    for await (const chunk of bytes) yield decoder.decode(chunk, { stream: true });
    yield decoder.decode();
}

function changesOfText({ mark, delimiter, firstLine, malformed, lineEnds }: Table, encoding: Encoding): string[] {
    const names: Readonly<Record<string, string>> = { "\t": "tabs", ";": "semicolons" };
    const from = encoding === "windows-1252" ? "Windows-1252 (Latin-1): check its accents" : encoding.toUpperCase();
    return [
        ...(mark ? ["removed the BOM"] : []),
        ...(encoding === "utf-8" ? [] : [`encoded in UTF-8, from ${from}`]),
        ...(delimiter === "," ? [] : [`commas in place of ${names[delimiter] ?? delimiter}`]),
        ...(malformed?.isReadable ? ["escaped quotes within values"] : []),
        ...(firstLine.includes('"') ? ["removed the quotes of the header"] : []),
        ...(lineEnds === "\r" ? ["line feeds in place of carriage returns"] : []),
    ];
}

async function* repairedRows(
    source: AsyncIterable<string>,
    table: Table,
    columns: Columns,
    name: string,
    count: (what: string) => void,
): AsyncIterable<string[]> {
    const errors: string[] = [];
    let wrong = 0;
    const refuse = (line: number, problem: string) => {
        wrong++;
        if (errors.length < listedErrors) errors.push(`line ${line}: ${problem}`);
    };
    const parser = parse(parserOptions(table, true));
    pipeline(Readable.from(source), parser).catch(() => {});
    let isHeader = !columns.isHeaderAdded;
    try {
        for await (const { record, info } of parser as AsyncIterable<{
            readonly record: string[];
            readonly info: { readonly lines: number };
        }>) {
            if (isHeader) {
                isHeader = false;
                continue;
            }
            if (isBlank(record)) {
                count("left out rows without any value");
                continue;
            }
            const problem = columns.problemOf(record);
            if (problem !== undefined) {
                refuse(info.lines, problem);
                continue;
            }
            if (record.length > table.header.length) count("left out empty values at the end of rows");
            yield columns.pick.map(({ place, field, as }) => {
                const value = record[place] ?? "";
                const result = checked(field ?? anyText, value);
                if (result.is === "right") return value;
                if (result.is === "repaired") {
                    count(`${as}: ${changes[result.change satisfies Change]}`);
                    return result.value;
                }
                refuse(info.lines, `${as} ${JSON.stringify(value)} ${problems(field?.type ?? "")[result.problem]}`);
                return value;
            });
        }
    } catch (error) {
        if (!(error instanceof CsvError)) throw error;
        throw new RepairError(`${name} is not valid CSV: ${messageOf(error)}`);
    }
    if (wrong > 0) {
        const more = wrong > errors.length ? `\n… and ${wrong - errors.length} more` : "";
        throw new RepairError(`${name} contains values that cannot be repaired safely:\n${errors.join("\n")}${more}`);
    }
}

const problems = (type: string) => ({
    absent: "may not be empty",
    type: `is not of type ${type}`,
    length: "is too long",
});

/** The field of a column that is not in the schema: any text is valid. */
const anyText: Field = { name: "", type: "string", nullable: true, longest: Number.POSITIVE_INFINITY };

/** Formats a value as the Developer Guide requires: in quotes if needed, with `\` before a quote or a backslash. */
const quoted = (value: string) => (/[",\\]/.test(value) ? `"${value.replace(/["\\]/g, "\\$&")}"` : value);
