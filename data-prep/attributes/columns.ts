import { readTimes, timeReader } from "access-doctor/times";
import { type AvroField, avroSchema, type DatasetName, fieldName, maxColumns, quoted } from "../avro.ts";
import type { CatalogueItem } from "../catalogue.ts";
import { filesBeside } from "../files.ts";
import { chooseDecimal, type DecimalChoice, withPoint } from "../numbers.ts";
import type { Extra } from "../reading/roles.ts";
import { createContent, fieldText, isEmpty } from "./content.ts";
import type { Records } from "./read.ts";
import { type Rows, readRows } from "./rows.ts";

/** A column of items or users: its Avro field, and the value of each row as text. */
export interface AttributeColumn {
    readonly field: AvroField;
    readonly values: readonly string[];
}

const sampled = 1000;
const freeText = /(^|_)(DESCRIPTION|DESC|OVERVIEW|SUMMARY|SYNOPSIS|PLOT|ABSTRACT)$/;
/** Names of columns with personal data, which a training does not need. */
const personal =
    /(^|_)(E_?MAIL|PHONE|MOBILE|PASSWORD|ADDRESS|STREET|IP|SSN|IBAN|(FIRST|LAST|FULL|SUR|USER|FAMILY|VOR|NACH)_?NAME|TELEFON\w*|TELEPHONE|HANDY|ADRESSE|ANSCHRIFT|STRASSE|PASSWORT|PRENOM|NOMBRE|APELLIDOS?|DIRECCION|CORREO|COGNOME|INDIRIZZO)(_|$)|^(NAME|NOM|NOME)$/;
const listOfTexts = /^\[\s*("(?:[^"\\]|\\.)*"\s*(,\s*"(?:[^"\\]|\\.)*"\s*)*)?\]$/;

/**
 * Returns the columns of a table as columns of a dataset, each with its name and with the Avro type that fits its
 * values. Leaves out the columns in `used`. `named` columns have another name in the dataset. Leaves out web addresses,
 * nested values, empty columns, and personal data of users, unless they are named. `numbers` decides how to read
 * numbers such as `1,299`.
 *
 * @returns the columns, and the names of those that the dataset leaves out, with the reason
 * @throws Error if there are more columns than Personalize allows, or numbers have several readings
 */
export function attributeColumns(
    records: Records,
    used: readonly number[],
    dataset: DatasetName,
    named: readonly Extra[],
    numbers: DecimalChoice,
) {
    const taken = new Set(["ITEM_ID", "USER_ID", "GENRES", "YEAR", "CREATION_TIMESTAMP"].map(withoutSigns));
    const leftOut: string[] = [];
    const attributes = records.columns.flatMap((column, index) => {
        if (used.includes(index)) return [];
        const own = named.find((each) => each.column === index)?.name;
        const name = freeName(own ?? (fieldName(column) || `COLUMN_${index + 1}`), taken);
        const values = records.rows.map((row) => plainText(row[index] ?? ""));
        const isPersonal = dataset === "Users" && own === undefined && personal.test(name);
        const reason = isPersonal ? "personal" : reasonToLeaveOut(values);
        if (reason !== undefined) {
            leftOut.push(`${column} (${reason})`);
            return [];
        }
        taken.add(withoutSigns(name));
        const decimal = chooseDecimal(records.name, column, values, numbers);
        const pointed = values.map((value) => withPoint(value, decimal));
        return [{ name, values: toEpochSeconds(pointed) ?? pointed }];
    });
    const most = maxColumns[dataset];
    if (attributes.length > most) {
        throw new Error(
            `${records.name} has ${attributes.length} columns for the dataset ${dataset}, and Personalize allows only ${most}: ` +
                "write a table with fewer columns",
        );
    }
    return { columns: typed(attributes, dataset), leftOut };
}

function typed(
    columns: readonly { name: string; values: readonly string[] }[],
    dataset: DatasetName,
): AttributeColumn[] {
    const contents = columns.map(({ name, values }) => {
        const content = createContent(name);
        for (const value of values) content.add(value);
        return content;
    });
    // The service accepts one column of free text, only for items.
    const texts = columns.map(({ name }, index) =>
        dataset === "Items" && freeText.test(name) ? (contents[index]?.meanLength() ?? 0) : 0,
    );
    const longest = texts.indexOf(Math.max(...texts));
    return columns.flatMap(({ values }, index) => {
        const field = contents[index]?.field(index === longest && (texts[index] ?? 0) > 0);
        return field ? [{ field, values }] : [];
    });
}

/** Converts a JSON list of texts to texts separated by `|`, and control characters to spaces. */
function plainText(text: string): string {
    const trimmed = withoutControls(text);
    if (!listOfTexts.test(trimmed)) return trimmed;
    return (JSON.parse(trimmed) as string[]).map(withoutControls).join("|");
}

const withoutControls = (text: string) => text.replaceAll(/\p{Cc}+/gu, " ").trim();

export const isWebAddress = (text: string) => /^https?:\/\//.test(text);

function reasonToLeaveOut(values: readonly string[]): string | undefined {
    const filled = values.filter((value) => !isEmpty(value));
    if (filled.length === 0) return "empty";
    const sample = filled.slice(0, sampled);
    if (sample.every(isWebAddress)) return "addresses of the web";
    return sample.some((value) => /^[[{].*[\]}]$/s.test(value)) ? "nested values" : undefined;
}

/**
 * Converts times that are written as text, such as ISO dates, to epoch seconds. Returns undefined for a column of
 * numbers, and for a column whose values have no reading, or several.
 */
export function toEpochSeconds(
    values: readonly string[],
    now = Date.now() / 1000,
    isTime = false,
): string[] | undefined {
    const filled = values.filter((value) => !isEmpty(value));
    const sample = filled.slice(0, sampled);
    if (!isTime && sample.some((value) => /^[\d.+-]*$/.test(value) && !/^\d{4}-\d{2}-\d{2}$/.test(value)))
        return undefined;
    const [reading, ...others] = readTimes(sample, now);
    if (!reading || others.length > 0) return undefined;
    const read = timeReader(reading.format);
    const isWhole = filled.every((value) => read(value) !== undefined);
    return isWhole ? values.map((value) => String(read(value) ?? "")) : undefined;
}

const withoutSigns = (name: string) => name.replaceAll("_", "");

/**
 * Returns a name that the dataset does not use yet. Names must be unique without their punctuation (Developer Guide,
 * "Schemas").
 */
function freeName(name: string, taken: ReadonlySet<string>): string {
    for (let number = 1; ; number++) {
        const free = number === 1 ? name : `${name}_${number}`;
        if (!taken.has(withoutSigns(free))) return free;
    }
}

/** Returns a CSV of IDs and columns in the format that the service imports. */
export function attributesCsv(
    idName: string,
    rows: readonly (readonly [id: string, row: number])[],
    columns: readonly AttributeColumn[],
): string {
    const header = [idName, ...columns.map(({ field }) => field.name)].join(",");
    const lines = rows.map(([id, row]) =>
        [quoted(id), ...columns.map(({ field, values }) => fieldText(values[row] ?? "", field, quoted))].join(","),
    );
    return `${[header, ...lines].join("\n")}\n`;
}

const genresField: AvroField = { name: "GENRES", type: ["null", "string"], categorical: true };
const yearField: AvroField = { name: "YEAR", type: ["null", "int"] };
const idField: AvroField = { name: "ITEM_ID", type: "string" };

/**
 * Avro schema of MovieLens' items.csv, in the order of its header (Personalize Developer Guide, "Items dataset and
 * schema"). The schema has no title: filters cannot use it, and as free text it would change the training.
 */
export const itemsSchema = avroSchema("Items", [idField, genresField, yearField]);

/**
 * Returns the columns of an Items dataset: genres (separated by `|`) and year if the catalog has them, then the other
 * columns. Empty if only ID and title are known, because the service needs one more column.
 */
export function itemColumns(
    catalogue: readonly CatalogueItem[],
    others: readonly AttributeColumn[] = [],
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

/** Returns the CSV of a dataset's rows. `idName` is the name of the ID's column. */
export function rowsCsv(idName: string, { fields, byId }: Rows): string {
    const rows = [...byId.values()];
    return attributesCsv(
        idName,
        [...byId.keys()].map((id, row) => [id, row] as const),
        fields.map((field, at) => ({ field, values: rows.map((row) => row[at] ?? "") })),
    );
}

/**
 * Reads the columns of the items.csv that data-prep wrote beside an interactions CSV, in the catalog's order; none
 * without that file. Throws like `readRows`.
 */
export async function attributesBeside(
    csvPath: string,
    catalogue: readonly CatalogueItem[],
): Promise<AttributeColumn[]> {
    const { fields, byId } = (await readRows(filesBeside(csvPath).items)) ?? { fields: [], byId: new Map() };
    return fields.map((field, at) => ({ field, values: catalogue.map(({ itemId }) => byId.get(itemId)?.[at] ?? "") }));
}
