import { isDeepStrictEqual } from "node:util";
import { type Columns, isNumeric } from "filter-grammar";
import { inUse, invalidInput } from "../errors.ts";
import { type Field, readAvroSchema } from "./avro.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { DatasetGroupProperties, DatasetProperties, SchemaProperties, TrainingDataConfig } from "./properties.ts";
import { beginDelete, type Call, type Handler, isUnderWay, labelOf, need, needActive } from "./resources.ts";
import { checkSchema } from "./schemas.ts";
import type { Kind } from "./states.ts";
import type { Resource, Store } from "./store.ts";
import { beginUpdate, isUpdating, updateOf } from "./updates.ts";

type Dataset = Resource<DatasetProperties>;

/** Returns a dataset group's dataset of a type, such as ITEMS; undefined if it does not exist or is being deleted. */
export function findDataset(store: Store, region: string, groupArn: string, type: string): Dataset | undefined {
    return store
        .list<DatasetProperties>("dataset", region, groupArn)
        .find(({ properties, deletedAt }) => properties.datasetType === type && deletedAt === null);
}

/** Returns the columns of a dataset, from its schema. */
export function readSchemaFields(store: Store, dataset: Dataset): Field[] {
    const schema = store.find<SchemaProperties>(dataset.region, dataset.properties.schemaArn);
    if (!schema) throw new Error(`The schema of ${dataset.arn} does not exist any more.`);
    return readAvroSchema(schema.properties.schema).fields;
}

/** Returns the columns of a dataset group's dataset of a type; undefined without this dataset. */
export function findFields(store: Store, region: string, groupArn: string, type: string): Field[] | undefined {
    const dataset = findDataset(store, region, groupArn, type);
    return dataset && readSchemaFields(store, dataset);
}

/** Throws InvalidInputException if a dataset group has no item interactions to train on, imported or streamed. */
export function requireInteractions(call: Call, datasetGroupArn: string): void {
    const dataset = findDataset(call.store, call.region, datasetGroupArn, "INTERACTIONS");
    if (dataset && (dataset.properties.rows > 0 || call.lastEvent(dataset.id) > 0)) return;
    throw invalidInput(
        `The dataset group ${datasetGroupArn} has no item interactions to train on. Import or stream some first: CreateDatasetImportJob, PutEvents.`,
    );
}

/** Columns of interactions that cannot be context, because they do not describe the circumstances of an event. */
const notContext =
    /^(USER_ID|ITEM_ID|EVENT_TYPE|EVENT_VALUE|TIMESTAMP|IMPRESSION|RECOMMENDATION_ID|EVENT_ATTRIBUTION_SOURCE)$/;

/**
 * Returns the categorical and numeric columns of a dataset that a training uses. For interactions, these are the
 * columns that can be the context of a request. Other strings and booleans are not used. Source: Developer Guide,
 * "Schemas".
 */
export function trainedColumns(
    store: Store,
    region: string,
    groupArn: string,
    type: string,
    { excludedDatasetColumns = {}, includedDatasetColumns = {} }: TrainingDataConfig = {},
): Field[] {
    const namesIn = (config: Record<string, string[]>) =>
        Object.entries(config).find(([other]) => other.toUpperCase() === type)?.[1];
    const [excluded, included] = [namesIn(excludedDatasetColumns), namesIn(includedDatasetColumns)];
    const fields = findFields(store, region, groupArn, type) ?? [];
    return fields.filter(
        ({ name, type: valueType, categorical }) =>
            (categorical || isNumeric(valueType)) &&
            !(type === "INTERACTIONS" && notContext.test(name)) &&
            !excluded?.includes(name) &&
            (included?.includes(name) ?? true),
    );
}

/** Returns the columns that filters of a dataset group can use. */
export const listFilterColumns = (store: Store, region: string, groupArn: string): Columns<Field> => ({
    items: findFields(store, region, groupArn, "ITEMS"),
    users: findFields(store, region, groupArn, "USERS"),
});

/**
 * Throws InvalidInputException if a configuration enables metadata in recommendations and the group has no Items
 * dataset. Source: Developer Guide, "Item metadata in recommendations".
 */
export function checkMetadata(
    call: Call,
    config: { enableMetadataWithRecommendations?: boolean } | undefined,
    groupArn: string,
): void {
    if (!config?.enableMetadataWithRecommendations || findDataset(call.store, call.region, groupArn, "ITEMS")) return;
    throw invalidInput(`enableMetadataWithRecommendations needs an Items dataset, and ${groupArn} has none.`);
}

interface CreateInput {
    schemaArn: string;
    datasetGroupArn: string;
    datasetType: string;
}

const createDataset = (call: Call, { schemaArn, datasetGroupArn, ...input }: CreateInput, add: Add) => {
    const datasetType = input.datasetType.toUpperCase();
    const schema = need<SchemaProperties>(call, "schema", schemaArn);
    const group = needActive<DatasetGroupProperties>(call, "dataset-group", datasetGroupArn);
    checkSchema(schema, datasetType, group);
    const properties: DatasetProperties = { datasetType, schemaArn, rows: 0 };
    // A dataset group has one dataset of each type, so the ARN contains the type, not the name.
    return add({ tail: `dataset/${group.name}/${datasetType}`, properties });
};

/**
 * ARN pattern of the EVENT_INTERACTIONS dataset of streamed events, which older accounts had in addition to
 * INTERACTIONS. AWS's cleanup notebook deletes it.
 */
const eventDataset = /:dataset\/([^/]+)\/EVENT_INTERACTIONS$/;

const deleteDataset: Handler = (call, input: { datasetArn: string }) => {
    const group = eventDataset.exec(input.datasetArn)?.[1];
    if (group !== undefined) {
        need(call, "dataset-group", input.datasetArn.replace(eventDataset, `:dataset-group/${group}`));
        return call.options.log(`${input.datasetArn}: nothing to delete; its events are in the dataset INTERACTIONS.`);
    }
    return handlers.DeleteDataset?.(call, input as never);
};

function deleteUnused(call: Call, dataset: Resource<object>): void {
    const work = [
        ...call.store.list("dataset-import-job", call.region, dataset.arn),
        ...call.store.list("dataset-export-job", call.region, dataset.arn),
        ...call.store.list("recommender", call.region, dataset.parent ?? ""),
        ...listVersions(call.store, call.region, dataset.parent ?? ""),
    ];
    const busy = work.find((job) => isUnderWay(call, job));
    if (busy) throw inUse(`The dataset ${dataset.arn} is in use by ${busy.arn}. Wait until that has ended.`);
    beginDelete(call, dataset);
}

const handlers = createKindHandlers("dataset", {
    parent: "datasetGroupArn",
    create: createDataset,
    remove: deleteUnused,
});

/** Returns the solution versions of a dataset group. */
export const listVersions = (store: Store, region: string, groupArn: string) =>
    store.list("solution", region, groupArn).flatMap(({ arn }) => store.list("solution-version", region, arn));

const createDatasetGroup = (_: Call, properties: DatasetGroupProperties, add: Add) => {
    if ((properties.roleArn === undefined) !== (properties.kmsKeyArn === undefined)) {
        throw invalidInput("A kmsKeyArn needs a roleArn, and a roleArn is only valid with a kmsKeyArn.");
    }
    return add({ properties });
};

const blockers: readonly Kind[] = ["event-tracker", "solution", "recommender", "dataset"];

function deleteDatasetGroup(call: Call, group: Resource<object>): void {
    for (const kind of blockers) {
        const [child] = call.store.list(kind, call.region, group.arn);
        if (child)
            throw inUse(`The dataset group ${group.arn} still has the ${labelOf(kind)} ${child.arn}. Delete it first.`);
    }
    beginDelete(call, group);
}

const updatable = ["ITEMS", "USERS"];

const updateDataset: Handler = (call, input: { datasetArn: string; schemaArn: string }) => {
    const dataset = needActive<DatasetProperties>(call, "dataset", input.datasetArn);
    const { datasetType, schemaArn } = dataset.properties;
    if (!updatable.includes(datasetType)) {
        throw invalidInput(`Only the schema of an Items or Users dataset can be updated, not of ${datasetType}.`);
    }
    const schema = need<SchemaProperties>(call, "schema", input.schemaArn);
    if (schema.arn === schemaArn) throw invalidInput(`The dataset ${dataset.arn} has the schema ${schemaArn} already.`);
    const group = need<DatasetGroupProperties>(call, "dataset-group", dataset.parent ?? "");
    checkSchema(schema, datasetType, group);
    const before = need<SchemaProperties>(call, "schema", schemaArn);
    checkAdditive(before.properties.schema, schema.properties.schema);
    const jobs = call.store.list("dataset-import-job", call.region, dataset.arn);
    const busy = jobs.find((job) => isUnderWay(call, job));
    if (busy) throw inUse(`The dataset ${dataset.arn} is in use by ${busy.arn}. Wait until that has ended.`);
    const update = beginUpdate(call, dataset, { schemaArn: schema.arn });
    call.store.save({ ...dataset, updatedAt: call.now, properties: { ...dataset.properties, update } });
    return { datasetArn: dataset.arn };
};

export const datasetHandlers: Record<string, Handler> = {
    ...createKindHandlers("dataset-group", { create: createDatasetGroup, remove: deleteDatasetGroup }),
    ...handlers,
    DeleteDataset: deleteDataset,
    UpdateDataset: updateDataset,
};

/** Throws InvalidInputException unless the new schema has every old field unchanged, and all new fields may be null. */
function checkAdditive(before: string, after: string): void {
    const fields = new Map(readAvroSchema(after).fields.map((field) => [field.name, field]));
    for (const field of readAvroSchema(before).fields) {
        const kept = fields.get(field.name);
        if (!kept) throw invalidInput(`The new schema lacks the field ${field.name}: fields can only be added.`);
        if (!isDeepStrictEqual(kept, field)) {
            throw invalidInput(`The new schema changes the field ${field.name}: fields can only be added.`);
        }
        fields.delete(field.name);
    }
    const required = [...fields.values()].find(({ nullable }) => !nullable);
    if (required) throw invalidInput(`The new field ${required.name} must allow null: existing rows have no value.`);
}

/**
 * Replaces the schema of each dataset whose update has succeeded. After a failed update, the dataset keeps the old
 * schema.
 */
export function endUpdates(call: Call): void {
    for (const dataset of call.store.everywhere<DatasetProperties>("dataset")) {
        const { update, ...before } = dataset.properties;
        if (dataset.updatedAt === null || isUpdating(call, dataset)) continue;
        const schemaArn = (updateOf(call, dataset)?.status === "ACTIVE" && update?.schemaArn) || before.schemaArn;
        const properties = { ...before, schemaArn, ...(update && { update }) };
        call.store.save({ ...dataset, updatedAt: null, properties });
    }
}
