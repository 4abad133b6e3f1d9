import type { CatalogueItem } from "./catalogue.ts";
import { writeWholeFile, writeWholeJson } from "./files.ts";
import { itemsPathsBeside } from "./places.ts";

/**
 * Avro schema of items.csv, in the order of its header (Personalize Developer Guide, "Items dataset and schema"). It
 * has no title: a filter cannot use it, and as free text it would add to the training.
 */
export const itemsSchema = {
    type: "record",
    name: "Items",
    namespace: "com.amazonaws.personalize.schema",
    fields: [
        { name: "ITEM_ID", type: "string" },
        { name: "GENRES", type: ["null", "string"], categorical: true },
        { name: "YEAR", type: ["null", "int"] },
    ],
    version: "1.0",
};

/**
 * The CSV of an Items dataset: quoted ids and genres, several genres separated by `|`, unquoted years, empty unknown
 * values, lines ended by `\n`.
 */
export function itemsCsv(catalogue: readonly CatalogueItem[]): string {
    const header = itemsSchema.fields.map(({ name }) => name).join(",");
    const rows = catalogue.map(({ itemId, genres, year }) =>
        [quoted(itemId), genres.length > 0 ? quoted(genres.join("|")) : "", year ?? ""].join(","),
    );
    return `${[header, ...rows].join("\n")}\n`;
}

/**
 * Writes items.csv and items.schema.json beside the interactions, each completely or not at all. Returns the CSV's
 * path, or undefined for an empty catalogue: then it writes nothing.
 */
export async function writeItems(
    interactionsPath: string,
    catalogue: readonly CatalogueItem[],
): Promise<string | undefined> {
    if (catalogue.length === 0) return undefined;
    const { csv, schema } = itemsPathsBeside(interactionsPath);
    await writeWholeJson(schema, itemsSchema);
    await writeWholeFile(csv, (write) => write(Buffer.from(itemsCsv(catalogue))));
    return csv;
}

/** The service requires `\` before a quote and a backslash (Developer Guide, "Preparing training data"). */
const quoted = (text: string) => `"${text.replace(/["\\]/g, "\\$&")}"`;
