import type { Field } from "../control/avro.ts";
import { isNumeric } from "./resolve.ts";

/** A number, or the words of a string: several in a categorical column, else one. */
export type AttributeValue = number | string[];

/** The attributes of an item or a user, by column. A null value is absent. */
export type Attributes = ReadonlyMap<string, AttributeValue>;

/** A row in imported or streamed form: raw values by column. */
export type RawAttributes = Record<string, string | number | boolean | null>;

/** Parses a row by the columns of its dataset, so that filters can compare its values. */
export function readAttributes(raw: RawAttributes, fields: Field[]): Attributes {
    const attributes = new Map<string, AttributeValue>();
    for (const { name, type, categorical } of fields) {
        const value = Object.hasOwn(raw, name) ? raw[name] : null;
        if (value === null || value === undefined || value === "") continue;
        if (isNumeric(type)) attributes.set(name, Number(value));
        else attributes.set(name, categorical ? String(value).split("|") : [String(value)]);
    }
    return attributes;
}
