import { existsSync, readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";

/** Where the Avro schema of a CSV lies: `data/items.csv` → `data/items.schema.json`. */
export const schemaPathBeside = (csvPath: string) => csvPath.replace(/(\.csv)?$/, ".schema.json");

/**
 * The Avro schema of a CSV of items or users, as the text that the service gets.
 *
 * @throws pulumi.RunError when there is none, or when it is not one of that type (Developer Guide, "Schemas").
 */
export function schemaBeside(csvPath: string, datasetType: "ITEMS" | "USERS"): string {
    const path = schemaPathBeside(csvPath);
    const idField = datasetType === "ITEMS" ? "ITEM_ID" : "USER_ID";
    if (!existsSync(path)) {
        throw new pulumi.RunError(`${csvPath} needs its Avro schema beside it in ${path}. docs/data.md shows one.`);
    }
    const schema = parse(readFileSync(path, "utf8")) as { fields?: { name?: string }[] } | undefined;
    if (!Array.isArray(schema?.fields) || !schema.fields.some(({ name }) => name === idField)) {
        throw new pulumi.RunError(`${path} is no Avro record with a field ${idField}. docs/data.md shows one.`);
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
