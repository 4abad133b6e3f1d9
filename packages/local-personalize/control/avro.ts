import { plainName } from "filter-grammar";
import { invalidInput } from "../errors.ts";
import { parseObject, toRecord } from "../wire/validate.ts";

/** A column of a dataset: its type without `null`, and whether its values may be null. */
export interface Field {
    name: string;
    type: string;
    nullable: boolean;
    /** Whether the column is a string of several values, separated by `|`. */
    categorical: boolean;
    /** Whether the column contains free text, which filters cannot use. */
    textual: boolean;
}

export interface AvroSchema {
    /** The record's name, which is that of the dataset type: `Interactions`. */
    name: string;
    fields: Field[];
}

const types = ["float", "double", "int", "long", "string", "boolean", "null"];

/**
 * Parses a schema by Personalize's rules. It must be a flat Avro record of any version, whose field names are distinct
 * even without punctuation. Throws InvalidInputException with the first error.
 */
export function readAvroSchema(document: string): AvroSchema {
    const record = parseObject(document);
    if (!record) throw invalidInput("The schema is not a JSON object.");
    if (record.type !== "record") throw invalidInput('The schema\'s type must be "record".');
    if (typeof record.name !== "string" || record.name === "") throw invalidInput("The schema has no name.");
    if (typeof record.namespace !== "string") throw invalidInput("The schema has no namespace.");
    if (!Array.isArray(record.fields) || record.fields.length === 0) throw invalidInput("The schema has no fields.");
    const fields = record.fields.map(readField);
    const originalNames = new Map<string, string>();
    for (const { name } of fields) {
        const plain = plainName(name);
        const other = originalNames.get(plain);
        if (other !== undefined) throw invalidInput(`The schema's fields ${other} and ${name} have the same name.`);
        originalNames.set(plain, name);
    }
    return { name: record.name, fields };
}

function readField(field: unknown): Field {
    const { name, type, categorical, textual } = toRecord(field);
    if (typeof name !== "string" || !/^[A-Za-z_][A-Za-z\d_]{0,149}$/.test(name)) {
        throw invalidInput(`The schema has a field without a valid name: ${JSON.stringify(field)}`);
    }
    const union: unknown[] = Array.isArray(type) ? type : [type];
    const unknown = union.find((member) => !types.includes(String(member)));
    if (unknown !== undefined || union.length === 0) {
        throw invalidInput(
            `The schema's field ${name} has the type ${JSON.stringify(type)}; allowed: ${types.join(", ")}`,
        );
    }
    const filled = union.filter((member) => member !== "null");
    return {
        name,
        type: String(filled[0] ?? "null"),
        nullable: filled.length < union.length,
        categorical: categorical === true,
        textual: textual === true,
    };
}
