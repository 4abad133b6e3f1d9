import { type Field, plainName } from "../control/avro.ts";
import { invalidInput } from "../errors.ts";
import type { RawAttributes } from "../filtering/bind.ts";
import { isNumeric } from "../filtering/resolve.ts";
import { whyRefused } from "../importing/read-csv.ts";
import { isRecord } from "../wire/record.ts";

/** Parses the JSON text of a call's properties. Throws InvalidInputException unless it is an object. */
export function readProperties(text: string | undefined, what: string): Record<string, unknown> {
    if (text === undefined) return {};
    try {
        const value: unknown = JSON.parse(text);
        if (isRecord(value) && !Array.isArray(value)) return value;
    } catch {
        // Invalid JSON: throw the error below.
    }
    throw invalidInput(`The properties of ${what} are not a JSON object.`);
}

/**
 * Turns properties, whose keys are columns in camel case (`numRatings` is NUM_RATINGS), into a row of the dataset.
 * Throws InvalidInputException for a key without a column, for a value of another type, and for a missing value of a
 * column that does not allow null.
 */
export function toAttributes(properties: Record<string, unknown>, columns: Field[], what: string): RawAttributes {
    const given = new Map(Object.entries(properties).map(([key, value]) => [plainName(key), { key, value }]));
    const row = columns.map((column): [string, RawAttributes[string]] => {
        const value = given.get(plainName(column.name))?.value ?? null;
        given.delete(plainName(column.name));
        if (value === null && !column.nullable) throw invalidInput(`${what} has no value for ${column.name}.`);
        if (value === null) return [column.name, null];
        if (!fits(value, column)) {
            throw invalidInput(`${what} has a value for ${column.name} that is not of type ${column.type}.`);
        }
        const reason = value === "" ? undefined : whyRefused(column, String(value), what);
        if (reason !== undefined) throw invalidInput(reason);
        return [column.name, value];
    });
    const [unknown] = given.values();
    if (unknown) throw invalidInput(`${what} has the property ${unknown.key}, for which its schema has no column.`);
    return Object.fromEntries(row);
}

function fits(value: unknown, { type }: Field): value is string | number | boolean {
    if (isNumeric(type)) return typeof value === "number" && (!/int|long/.test(type) || Number.isInteger(value));
    return typeof value === (type === "boolean" ? "boolean" : "string");
}
