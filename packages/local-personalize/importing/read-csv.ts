import type { Field } from "../control/avro.ts";
import { createCsvParser, MalformedCsvError } from "./csv.ts";

/** A file that an import rejects. The message is the end of the job's failure reason. */
export class RefusedDataError extends Error {}

const longestId = 256;
const longestCategorical = 1000;
const number = /^[+-]?(\d+(?:\.\d*)?|\.\d+)([eE][+-]?\d+)?$/;

/** Maximum number of digits of a timestamp in seconds (until the year 5138). Longer timestamps are in milliseconds. */
export const longestSeconds = 11;

const largestInt = 2 ** 31 - 1;

/**
 * Reads a CSV object by the dataset's schema, and returns its header and its length in bytes. Calls the callback for each row, with the values
 * in the order of `fields`. Throws RefusedDataError for missing columns, invalid CSV, and values that the schema does
 * not allow.
 */
export async function readCsv(
    bytes: AsyncIterable<Uint8Array>,
    fields: Field[],
    take: (values: string[]) => void,
): Promise<{ readonly header: readonly string[]; readonly length: number }> {
    let places: number[] | undefined;
    let header: readonly string[] = [];
    const parser = createCsvParser((record, line) => {
        if (!places) {
            places = locateColumns(record, fields);
            header = record;
            return;
        }
        if (record.length !== header.length) {
            throw new RefusedDataError(
                `Line ${line} has ${record.length} columns, but the header has ${header.length}.`,
            );
        }
        const values = places.map((place) => record[place] ?? "");
        for (const [index, field] of fields.entries()) checkValue(field, values[index] ?? "", `Line ${line}`);
        take(values);
    });
    let [first, length] = [true, 0];
    // Keep a BOM, as the service does: it is then part of the first column's name.
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    const decode = (chunk?: Uint8Array) => {
        try {
            return chunk ? decoder.decode(chunk, { stream: true }) : decoder.decode();
        } catch {
            throw new RefusedDataError("Input CSV is not UTF-8.");
        }
    };
    try {
        for await (const chunk of bytes) {
            length += chunk.length;
            const text = decode(chunk);
            // For the service, the quotes of a header are part of the names (Developer Guide, "Preparing data").
            if (first && text.startsWith('"')) locateColumns([], fields);
            first &&= text === "";
            parser.write(text);
        }
        parser.write(decode());
        parser.end();
    } catch (error) {
        if (error instanceof MalformedCsvError) throw new RefusedDataError(`Input CSV is not valid: ${error.message}.`);
        throw error;
    }
    if (!places) locateColumns([], fields);
    return { header, length };
}

function locateColumns(header: string[], fields: Field[]): number[] {
    const missing = fields.filter(({ name }) => !header.includes(name)).map(({ name }) => name);
    if (missing.length > 0)
        throw new RefusedDataError(`Input CSV is missing the following columns:[${missing.join(", ")}].`);
    const doubled = header.find((name, index) => header.indexOf(name) < index);
    if (doubled !== undefined) throw new RefusedDataError(`Input CSV has more than one column ${doubled}.`);
    return fields.map(({ name }) => header.indexOf(name));
}

function checkValue(field: Field, value: string, what: string): void {
    const { name, type, nullable } = field;
    const reason = value === "" ? undefined : whyRefused(field, value, what);
    if (reason !== undefined) throw new RefusedDataError(reason);
    if (value !== "" || nullable || type === "null") return;
    throw new RefusedDataError(`${what} has no value for ${name}, which may not be null.`);
}

/**
 * Returns a sentence about `what` that explains why a text is not a valid value of a field; undefined if it is valid.
 */
export function whyRefused(field: Field, value: string, what: string): string | undefined {
    const { name, type } = field;
    const valid =
        type === "long" || type === "int"
            ? /^[+-]?\d{1,19}$/.test(value) && (type === "long" || isInt(Number(value)))
            : type === "float" || type === "double"
              ? number.test(value)
              : type === "boolean"
                ? /^(true|false)$/i.test(value)
                : true;
    if (!valid) return `${what} has a value for ${name} that is not of type ${type}.`;
    if (name.endsWith("TIMESTAMP") && type === "long" && value.replace(/^[+-]/, "").length > longestSeconds) {
        return `${what} has a value for ${name} that is not in UNIX epoch time in seconds.`;
    }
    const longest = longestOf(field);
    if (value.length <= longest) return undefined;
    return `Length cannot be more than ${longest} characters for ${name}. If no values exceed the character limit, make sure your data follows the formatting guidelines.`;
}

const isInt = (value: number) => value >= -largestInt - 1 && value <= largestInt;

function longestOf({ name, categorical }: Field): number {
    if (/^(USER|ITEM|ACTION)_ID$/.test(name)) return longestId;
    return categorical ? longestCategorical : Number.POSITIVE_INFINITY;
}
