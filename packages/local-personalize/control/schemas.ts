import { inUse, invalidInput } from "../errors.ts";
import { type AvroSchema, type Field, readAvroSchema } from "./avro.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { DatasetGroupProperties, DatasetProperties, SchemaProperties } from "./properties.ts";
import type { Call } from "./resources.ts";
import type { Resource } from "./store.ts";

interface Rule {
    /** The record's name. */
    record: string;
    /** Required columns with their types. */
    required: Readonly<Record<string, string>>;
    /** Optional columns that do not count as metadata, with their types. */
    reserved: Readonly<Record<string, string>>;
    /** Minimum and maximum number of metadata columns. */
    metadata: readonly [fewest: number, most: number];
}

const tracked = { IMPRESSION: "string", RECOMMENDATION_ID: "string" };

/** Rules by dataset type (Developer Guide, "Creating schema JSON files" and "Quotas"). */
const rules: Readonly<Record<string, Rule>> = {
    INTERACTIONS: {
        record: "Interactions",
        required: { USER_ID: "string", ITEM_ID: "string", TIMESTAMP: "long" },
        reserved: { EVENT_TYPE: "string", EVENT_VALUE: "float", EVENT_ATTRIBUTION_SOURCE: "string", ...tracked },
        metadata: [0, 5],
    },
    ITEMS: {
        record: "Items",
        required: { ITEM_ID: "string" },
        reserved: { CREATION_TIMESTAMP: "long" },
        metadata: [1, 100],
    },
    USERS: { record: "Users", required: { USER_ID: "string" }, reserved: {}, metadata: [1, 25] },
    ACTIONS: {
        record: "Actions",
        required: { ACTION_ID: "string" },
        reserved: { CREATION_TIMESTAMP: "long", VALUE: "long", REPEAT_FREQUENCY: "long", TYPE: "string" },
        metadata: [1, 10],
    },
    ACTION_INTERACTIONS: {
        record: "ActionInteractions",
        required: { USER_ID: "string", ACTION_ID: "string", EVENT_TYPE: "string", TIMESTAMP: "long" },
        reserved: tracked,
        metadata: [0, 5],
    },
};

/** The columns that a domain requires in addition, with their types. */
const domainColumns: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, string>>>>>> = {
    VIDEO_ON_DEMAND: {
        INTERACTIONS: { EVENT_TYPE: "string" },
        ITEMS: { GENRES: "categorical string", CREATION_TIMESTAMP: "long" },
    },
    ECOMMERCE: {
        INTERACTIONS: { EVENT_TYPE: "string" },
        ITEMS: { PRICE: "float", CATEGORY_L1: "categorical string" },
    },
};

const mostTextual = 1;

/**
 * Checks a schema for the dataset type `datasetType` in the dataset group `group`: domain, record name, required and
 * reserved columns, number of metadata columns. Throws InvalidInputException with the first fault.
 */
export function checkSchema(
    { arn, properties }: Resource<SchemaProperties>,
    datasetType: string,
    group: Resource<DatasetGroupProperties>,
): void {
    const { domain } = properties;
    if (domain !== group.properties.domain) {
        throw invalidInput(`The schema ${arn} and the dataset group ${group.arn} are not of the same domain.`);
    }
    const schema = readAvroSchema(properties.schema);
    const rule = Object.hasOwn(rules, datasetType) ? rules[datasetType] : undefined;
    if (!rule) {
        throw invalidInput(`There is no dataset type ${datasetType}: use one of ${Object.keys(rules).join(", ")}`);
    }
    if (schema.name !== rule.record) {
        throw invalidInput(
            `The schema's name must be ${rule.record} for an ${datasetType} dataset, and is ${schema.name}.`,
        );
    }
    const ofDomain = domainColumns[domain ?? ""]?.[datasetType] ?? {};
    for (const [name, type] of Object.entries({ ...rule.required, ...ofDomain })) {
        if (typeOf(columnNamed(schema, name)) === type || columnNamed(schema, name)?.type === type) continue;
        const where = Object.hasOwn(ofDomain, name) ? ` in the domain ${domain}` : "";
        throw invalidInput(`The schema must have the field ${name} of type ${type}${where}.`);
    }
    for (const [name, type] of Object.entries(rule.reserved)) {
        const column = columnNamed(schema, name);
        if (column && column.type !== type)
            throw invalidInput(`The field ${name} is reserved: it must be of type ${type}.`);
    }
    checkMetadata(datasetType, schema, rule);
}

/** Returns the number of metadata columns among the columns of a dataset type. */
export function countMetadata(datasetType: string, fields: readonly Pick<Field, "name">[]): number {
    const own = { ...rules[datasetType]?.required, ...rules[datasetType]?.reserved };
    return fields.filter(({ name }) => !Object.hasOwn(own, name)).length;
}

function checkMetadata(datasetType: string, { fields }: AvroSchema, { metadata: [fewest, most] }: Rule): void {
    const count = countMetadata(datasetType, fields);
    if (count < fewest) throw invalidInput(`The schema of an ${datasetType} dataset must have a metadata field.`);
    if (count > most) {
        throw invalidInput(
            `The schema of an ${datasetType} dataset can have at most ${most} metadata fields, and has ${count}.`,
        );
    }
    const textual = fields.filter((field) => field.textual);
    if (textual.length > 0 && datasetType !== "ITEMS") {
        throw invalidInput(`Only an ITEMS dataset can have a textual field, and not ${textual[0]?.name}.`);
    }
    if (textual.length > mostTextual) {
        throw invalidInput(
            `A schema can have one textual field, and has ${textual.map(({ name }) => name).join(", ")}.`,
        );
    }
}

const columnNamed = ({ fields }: AvroSchema, name: string) => fields.find((field) => field.name === name);

const typeOf = (field: Field | undefined) => field && `${field.categorical ? "categorical " : ""}${field.type}`;

const createSchema = (_: Call, properties: SchemaProperties, add: Add) => {
    readAvroSchema(properties.schema);
    return add({ properties });
};

function deleteSchema(call: Call, resource: Resource<object>): void {
    const user = datasetWith(call, resource.arn);
    if (user) throw inUse(`The schema ${resource.arn} is used by the dataset ${user.arn}. Delete the dataset first.`);
    call.store.remove(resource.id);
}

export const schemaHandlers = createKindHandlers("schema", { create: createSchema, remove: deleteSchema });

const datasetWith = (call: Call, schemaArn: string) =>
    call.store.list<DatasetProperties>("dataset", call.region).find(({ properties, updatedAt }) => {
        const coming = updatedAt === null ? undefined : properties.update?.schemaArn;
        return properties.schemaArn === schemaArn || coming === schemaArn;
    });
