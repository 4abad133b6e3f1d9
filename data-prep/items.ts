import type { AttributeColumn, AttributeColumns } from "./attributes/columns.ts";
import { attributesCsv } from "./attributes/users.ts";
import { type AvroField, avroSchema } from "./avro.ts";
import type { CatalogueItem } from "./catalogue.ts";

const genresField: AvroField = { name: "GENRES", type: ["null", "string"], categorical: true };
const yearField: AvroField = { name: "YEAR", type: ["null", "int"] };
const idField: AvroField = { name: "ITEM_ID", type: "string" };

/**
 * Avro schema of MovieLens' items.csv, in the order of its header (Personalize Developer Guide, "Items dataset and
 * schema"). The schema has no title: filters cannot use it, and as free text it would change the training.
 */
export const itemsSchema = avroSchema("Items", [idField, genresField, yearField]);

/**
 * Returns the columns of an Items dataset: genres (separated by `|`) and year if the catalogue has them, then the other
 * columns. Empty if only ID and title are known, because the service needs one more column.
 */
export function itemColumns(
    catalogue: readonly CatalogueItem[],
    others: AttributeColumns["columns"] = [],
): readonly AttributeColumn[] {
    const genres = catalogue.map((item) => item.genres.join("|"));
    const years = catalogue.map(({ year }) => String(year ?? ""));
    const ownColumns = [
        { field: genresField, values: genres },
        { field: yearField, values: years },
    ];
    return [...ownColumns.filter(({ values }) => values.some((value) => value !== "")), ...others];
}

/** Returns the schema of items.csv, in the order of its header. */
export const createItemsSchema = (columns: readonly AttributeColumn[]) =>
    avroSchema("Items", [idField, ...columns.map(({ field }) => field)]);

/**
 * Returns the CSV of an Items dataset: quoted ids and texts, unquoted numbers, an empty field for each unknown value,
 * and lines that end with `\n`.
 */
export function itemsCsv(catalogue: readonly CatalogueItem[], columns = itemColumns(catalogue)): string {
    return attributesCsv(
        "ITEM_ID",
        catalogue.map(({ itemId }, row) => [itemId, row] as const),
        columns,
    );
}
