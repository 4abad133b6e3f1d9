import { existsSync, readFileSync } from "node:fs";
import { ProgramError } from "../common/messages.ts";

/** Returns the path of the Avro schema of a CSV: `data/items.csv` → `data/items.schema.json`. */
const schemaPathBeside = (csvPath: string) => csvPath.replace(/(\.csv)?$/, ".schema.json");

/**
 * Reads the Avro schema of a CSV of items or users, as text for Personalize.
 *
 * @throws ProgramError if the schema is missing or has another type (Developer Guide, "Schemas")
 */
export function schemaBeside(csvPath: string, datasetType: "ITEMS" | "USERS"): string {
    const path = schemaPathBeside(csvPath);
    const idField = datasetType === "ITEMS" ? "ITEM_ID" : "USER_ID";
    if (!existsSync(path)) {
        throw new ProgramError(`${csvPath} needs its Avro schema in ${path}. docs/data.md shows an example.`);
    }
    const schema = parse(readFileSync(path, "utf8")) as { fields?: { name?: string }[] } | undefined;
    if (!Array.isArray(schema?.fields) || !schema.fields.some(({ name }) => name === idField)) {
        throw new ProgramError(`${path} is not an Avro record with a field ${idField}. docs/data.md shows an example.`);
    }
    return JSON.stringify(schema);
}

function parse(text: string): unknown {
    try {
        return JSON.parse(text);
    } catch {
        return undefined;
    }
}
