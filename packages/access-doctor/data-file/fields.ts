/** A column of a dataset, as its schema declares it. */
export interface Field {
    readonly name: string;
    /** The Avro type without `null`, such as `string` or `long`. */
    readonly type: string;
    readonly nullable: boolean;
    /** Maximum length of a value in characters. */
    readonly longest: number;
}

/** The columns that a file should have, from a schema or a type of dataset. */
export interface Shape {
    /** Dataset type, such as `INTERACTIONS` or `ITEMS`; undefined if neither a schema nor the header shows it. */
    readonly datasetType: string | undefined;
    readonly fields: readonly Field[];
    /**
     * Whether `fields` comes from a schema. If not, `fields` contains only the columns that every dataset of the type
     * must have.
     */
    readonly isSchema: boolean;
}

interface AvroField {
    readonly name?: string;
    readonly type?: string | readonly string[];
    readonly categorical?: boolean;
}

/** For each dataset type: the name of its schemas, and the columns that every dataset of the type must have. */
const datasetTypes: Readonly<Record<string, { readonly schema: string; readonly required: readonly string[] }>> = {
    INTERACTIONS: { schema: "Interactions", required: ["USER_ID", "ITEM_ID", "TIMESTAMP"] },
    ITEMS: { schema: "Items", required: ["ITEM_ID"] },
    USERS: { schema: "Users", required: ["USER_ID"] },
    ACTIONS: { schema: "Actions", required: ["ACTION_ID"] },
    ACTION_INTERACTIONS: {
        schema: "ActionInteractions",
        required: ["USER_ID", "ACTION_ID", "EVENT_TYPE", "TIMESTAMP"],
    },
};

/** Parses an Avro schema. Returns undefined for any other text. */
export function parseShape(schema: string): Shape | undefined {
    try {
        const { name = "", fields } = JSON.parse(schema) as { name?: string; fields?: readonly AvroField[] };
        if (!Array.isArray(fields)) return undefined;
        const datasetType = Object.keys(datasetTypes).find((type) => datasetTypes[type]?.schema === name);
        return { datasetType, fields: fields.map(fieldOf), isSchema: true };
    } catch {
        return undefined;
    }
}

function fieldOf({ name = "", type = "string", categorical }: AvroField): Field {
    const union = [type].flat();
    const isId = /^(USER|ITEM|ACTION)_ID$/.test(name);
    return {
        name,
        type: union.find((each) => each !== "null") ?? "null",
        nullable: union.includes("null"),
        longest: isId ? 256 : categorical ? 1000 : Number.POSITIVE_INFINITY,
    };
}

/** The columns that every dataset of a type must have. */
export function requiredShape(datasetType: string): Shape {
    const fields = (datasetTypes[datasetType]?.required ?? []).map((name) =>
        fieldOf({ name, type: name === "TIMESTAMP" ? "long" : "string" }),
    );
    return { datasetType, fields, isSchema: false };
}

/** Whether values of this column are epoch seconds. */
export const isTime = ({ name, type }: Field) => /(^|_)TIMESTAMP$/.test(name) && (type === "long" || type === "int");
