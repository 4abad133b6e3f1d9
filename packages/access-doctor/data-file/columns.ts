import type { Field, Shape } from "./fields.ts";
import { readHeader, shapeOfHeader } from "./header.ts";
import type { Table } from "./sample.ts";
import { checked } from "./values.ts";

/** The error for content that cannot be repaired without a guess about its meaning. */
export class RepairError extends Error {}

/** The columns of a repaired file, and their positions in the original file. */
export interface Columns {
    readonly names: readonly string[];
    readonly pick: readonly { readonly place: number; readonly as: string; readonly field: Field | undefined }[];
    readonly datasetType: string | undefined;
    /** Whether the file has no header, so that the copy gets one. */
    readonly isHeaderAdded: boolean;
    readonly changes: readonly string[];
    /** Returns a problem of the row as a whole, such as a wrong number of columns; undefined without a problem. */
    problemOf(row: readonly string[]): string | undefined;
}

/**
 * Chooses the columns of the repaired file.
 *
 * @throws RepairError if columns are missing, or if the file has no header and its values do not fit the schema's
 * columns.
 */
export function chooseColumns(
    table: Table,
    options: {
        readonly name: string;
        readonly shape: Shape | undefined;
        readonly keep: ReadonlySet<string> | undefined;
    },
): Columns {
    const shape = options.shape ?? shapeOfHeader(table.header);
    const { places, renamed, missing, isData } = readHeader(table.header, shape);
    if (isData) return withoutHeader(table, shape, options.name);
    if (missing.length > 0) {
        throw new RepairError(
            `${options.name} has no column for ${missing.join(", ")}; its header is ${table.header.join(",")}. ` +
                "Add the column to the data, or use a schema without it.",
        );
    }
    const fieldAt = new Map(places.map((place, at) => [place, shape.fields[at]]));
    const named = table.header.map((name, place) => ({
        place,
        field: fieldAt.get(place),
        as: fieldAt.get(place)?.name ?? name,
    }));
    const isDoubled = ({ place, as }: { place: number; as: string }) => named.findIndex((one) => one.as === as) < place;
    const pick = named.filter((one) => one.as.trim() !== "" && !isDoubled(one) && (options.keep?.has(one.as) ?? true));
    const doubled = named.filter((one) => one.as.trim() !== "" && isDoubled(one));
    const dropped = named.filter((one) => !pick.includes(one) && !doubled.includes(one));
    return {
        names: pick.map(({ as }) => as),
        pick,
        datasetType: shape.datasetType,
        isHeaderAdded: false,
        changes: [
            ...renamed.map(({ from, to }) => `renamed the column ${from} to ${to}`),
            ...doubled.map(({ as }) => `left out the second column ${as}, which has equal values`),
            ...dropped.map(({ as }) =>
                as.trim() === "" ? "left out a column without a name" : `left out the column ${as}`,
            ),
        ],
        problemOf(row) {
            const width = table.header.length;
            if (row.length < width || row.slice(width).some((value) => value !== "")) {
                return `${row.length} values, where the header has ${width} columns`;
            }
            const unequal = doubled.find(
                ({ place, as }) => row[place] !== row[named.findIndex((one) => one.as === as)],
            );
            return unequal && `two columns ${unequal.as} with different values`;
        },
    };
}

/**
 * Returns the columns of a file without a header: those of the schema, in its order. Throws an error unless each value
 * of the first rows is valid in its column.
 */
function withoutHeader(table: Table, { fields, datasetType, isSchema }: Shape, name: string): Columns {
    const first = { line: 1, values: table.header };
    const rows = [first, ...table.rows];
    const fits = ({ values }: { readonly values: readonly string[] }) =>
        values.length === fields.length && fields.every((field, at) => checked(field, values[at] ?? "").is !== "wrong");
    if (!isSchema || !rows.every(fits)) {
        const wanted = fields.map((field) => field.name).join(",");
        throw new RepairError(
            `${name} has no header, and its ${table.header.length} columns (${table.header.join(",")}) are not those of the schema ` +
                `(${wanted}) in order. Add a first line with their names${isSchema ? "" : ", or name the schema with --schema"}.`,
        );
    }
    const names = fields.map((field) => field.name);
    return {
        names,
        pick: fields.map((field, place) => ({ place, as: field.name, field })),
        datasetType,
        isHeaderAdded: true,
        changes: [`added the header ${names.join(",")}, by the schema's order: check it with a row`],
        problemOf: (row) =>
            row.length === fields.length
                ? undefined
                : `${row.length} values, where the schema has ${fields.length} columns`,
    };
}
