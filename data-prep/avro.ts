/** A column of a dataset as an Avro field (Personalize Developer Guide, "Datasets and schemas"). */
export interface AvroField {
    readonly name: string;
    readonly type: AvroType | readonly ["null", AvroType];
    /** Whether a value can be several texts separated by `|`. */
    readonly categorical?: true;
    /** Whether the column is free text for the training. Only one column of an Items dataset can be free text. */
    readonly textual?: true;
}

type AvroType = "string" | "int" | "long" | "float" | "double";

/** A schema of Personalize: a flat Avro record. */
export interface AvroSchema {
    readonly type: "record";
    readonly name: DatasetName;
    readonly namespace: "com.amazonaws.personalize.schema";
    readonly fields: readonly AvroField[];
    readonly version: "1.0";
}

export type DatasetName = "Interactions" | "Items" | "Users";

/**
 * Maximum number of columns in addition to required and reserved ones (Developer Guide, "Quotas": metadata columns of a
 * dataset).
 */
export const maxColumns: Readonly<Record<DatasetName, number>> = { Interactions: 5, Items: 100, Users: 25 };

/** Maximum number of event types and optional columns of interactions together (Developer Guide, "Quotas"). */
export const maxTypesAndColumns = 10;

/** Returns the schema of a dataset with the given columns, in the order of the CSV's header. */
export const avroSchema = (name: DatasetName, fields: readonly AvroField[]): AvroSchema => ({
    type: "record",
    name,
    namespace: "com.amazonaws.personalize.schema",
    fields,
    version: "1.0",
});

/** The columns of every interactions CSV. */
export const interactionFields: readonly AvroField[] = [
    { name: "USER_ID", type: "string" },
    { name: "ITEM_ID", type: "string" },
    { name: "EVENT_TYPE", type: "string" },
    { name: "TIMESTAMP", type: "long" },
];

/** The schema of an interactions dataset without additional columns, as text for Personalize. */
export const itemInteractionsSchema = JSON.stringify(avroSchema("Interactions", interactionFields));

/** Types of the service's reserved columns of interactions (Developer Guide, "Item interaction data"). */
export const reservedFields: Readonly<Record<string, AvroField>> = {
    EVENT_VALUE: { name: "EVENT_VALUE", type: ["null", "float"] },
    IMPRESSION: { name: "IMPRESSION", type: ["null", "string"] },
    RECOMMENDATION_ID: { name: "RECOMMENDATION_ID", type: ["null", "string"] },
    EVENT_ATTRIBUTION_SOURCE: { name: "EVENT_ATTRIBUTION_SOURCE", type: ["null", "string"] },
};

/** Returns the columns of every interactions CSV. If events have a value, the value comes before the time. */
export const headerFields = (hasValue: boolean): readonly AvroField[] =>
    interactionFields.flatMap((field) =>
        hasValue && field.name === "TIMESTAMP" ? [reservedFields.EVENT_VALUE as AvroField, field] : [field],
    );

/** Removes accents from letters: `Größe` → `Grosse`. */
export const withoutAccents = (text: string): string =>
    text.replaceAll("ß", "ss").normalize("NFD").replaceAll(/\p{M}/gu, "");

/**
 * Returns a column's name in a schema: `Year-Of-Publication` → `YEAR_OF_PUBLICATION`. Empty if a schema allows none of
 * the name's characters.
 */
export const fieldName = (column: string): string =>
    withoutAccents(column.replace(/:\w+$/, ""))
        .replaceAll(/([a-z\d])([A-Z])/g, "$1_$2")
        .split(/[^A-Za-z\d]+/)
        .filter((word) => word !== "")
        .join("_")
        .replace(/^(?=\d)/, "_")
        .toUpperCase()
        .slice(0, 150);

/**
 * Adds `\` before each quote and backslash, which the service requires (Developer Guide, "Preparing training data").
 */
export const escaped = (text: string) => text.replace(/["\\]/g, "\\$&");

/** Returns a text as a quoted field of the service's CSV. */
export const quoted = (text: string) => `"${escaped(text)}"`;
