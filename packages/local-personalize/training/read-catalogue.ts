import type { Field } from "../control/avro.ts";
import type { RawAttributes } from "../filtering/bind.ts";
import { loadAttributeRows } from "../importing/collectors.ts";
import type { CatalogueItem } from "../model/catalogue.ts";

/** The Items dataset of a training, as plain data for the worker thread. */
export interface CatalogueSource {
    rowsFile: string;
    /** Items of PutItems, which replace imported ones. */
    streamed: [id: string, RawAttributes][];
    /** The columns that the solution trains on. */
    fields: Field[];
}

/**
 * Reads the attributes of items that models use: categorical values, the creation timestamp, and the attribute of the
 * solution's objective.
 */
export function readCatalogue({ rowsFile, streamed, fields }: CatalogueSource, attribute?: string): CatalogueItem[] {
    const rows = loadAttributeRows(rowsFile);
    for (const [id, row] of streamed) rows.set(id, row);
    const categories = fields.filter(({ type, categorical }) => type === "string" && categorical);
    return [...rows].map(([itemId, row]) => {
        const words = categories.flatMap(({ name }) =>
            textOf(row, name)
                .split("|")
                .filter((value) => value !== "")
                .map((value) => `${name}=${value}`),
        );
        const created = textOf(row, "CREATION_TIMESTAMP");
        const reward = attribute === undefined ? "" : textOf(row, attribute);
        return {
            itemId,
            words,
            ...(created !== "" && { createdAt: Number(created) }),
            ...(reward !== "" && { reward: Number(reward) }),
        };
    });
}

const textOf = (row: RawAttributes, name: string) => String((Object.hasOwn(row, name) ? row[name] : null) ?? "");
