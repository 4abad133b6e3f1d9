import { type AttributeReader, type AttributeValue, type Column, readAttribute } from "filter-grammar";
import type { TablesDocument } from "../../data-prep/tables/document.ts";

/**
 * Opens the columns of the Items dataset in the fallback tables, for filters: `columns`, none if the tables have none,
 * and `attributes`, which returns the values of an item by its number. Parses the values at the first use.
 */
export function openColumns({ films }: Pick<TablesDocument, "films">) {
    const stored = films.attributes ?? [];
    const columns = stored.map(({ field: { name, type, categorical = false } }): Column => {
        return { name, type: typeof type === "string" ? type : type[1], categorical };
    });
    const places = new Map(columns.map(({ name }, at) => [name, at]));
    let values: readonly (readonly AttributeValue[])[] | undefined;
    const parse = () =>
        columns.map((column, at) => (stored[at]?.values ?? []).map((value) => readAttribute(value, column)));
    return {
        columns,
        attributes: (number: number): AttributeReader => ({
            get(name) {
                values ??= parse();
                const at = places.get(name) ?? -1;
                return values[at]?.[stored[at]?.films[number] ?? -1];
            },
        }),
    };
}
