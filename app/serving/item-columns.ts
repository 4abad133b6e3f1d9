import { type AttributeReader, type AttributeValue, type Column, readAttribute } from "filter-grammar";
import type { TablesDocument } from "../../data-prep/tables/document.ts";

/** The columns of the Items dataset in the fallback tables, for filters. */
export interface ItemColumns {
    /** Empty if the tables have none. */
    readonly columns: readonly Column[];
    /** Returns the values of an item by its number in the tables. */
    attributes(number: number): AttributeReader;
}

/** Opens the columns of the fallback tables. Parses their values at the first use. */
export function openColumns({ films }: Pick<TablesDocument, "films">): ItemColumns {
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
        attributes: (number) => ({
            get(name) {
                values ??= parse();
                const at = places.get(name) ?? -1;
                return values[at]?.[stored[at]?.films[number] ?? -1];
            },
        }),
    };
}
