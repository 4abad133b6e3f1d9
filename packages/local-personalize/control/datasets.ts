import { inUse, invalidInput } from "../errors.ts";
import { type Columns, isNumeric } from "../filtering/resolve.ts";
import { type Field, readAvroSchema } from "./avro.ts";
import { createKindHandlers } from "./handlers.ts";
import type {
    DatasetGroupProperties,
    DatasetProperties,
    SchemaProperties,
    Tag,
    TrainingDataConfig,
} from "./properties.ts";
import { beginDelete, type Call, create, type Handler, isUnderWay, need, needActive } from "./resources.ts";
import { checkSchema } from "./schemas.ts";
import type { Resource, Store } from "./store.ts";

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
    const dataset = findDataset(store, region, groupArn, type);
    if (!dataset) return [];
    const namesIn = (config: Record<string, string[]>) =>
        Object.entries(config).find(([other]) => other.toUpperCase() === type)?.[1];
    const [excluded, included] = [namesIn(excludedDatasetColumns), namesIn(includedDatasetColumns)];
    return readSchemaFields(store, dataset).filter(
        ({ name, type: valueType, categorical }) =>
            (categorical || isNumeric(valueType)) &&
            !(type === "INTERACTIONS" && notContext.test(name)) &&
            !excluded?.includes(name) &&
            (included?.includes(name) ?? true),
    );
}

/** Returns the columns that filters of a dataset group can use. */
export function listFilterColumns(store: Store, region: string, groupArn: string): Columns {
    const fields = (type: string) => {
        const dataset = findDataset(store, region, groupArn, type);
        return dataset && readSchemaFields(store, dataset);
    };
    return { items: fields("ITEMS"), users: fields("USERS") };
}

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
    name: string;
    schemaArn: string;
    datasetGroupArn: string;
    datasetType: string;
    tags?: Tag[];
}

const createDataset = (call: Call, input: CreateInput) => {
    const { name, schemaArn, datasetGroupArn, tags } = input;
    const datasetType = input.datasetType.toUpperCase();
    const schema = need<SchemaProperties>(call, "schema", schemaArn);
    const group = needActive<DatasetGroupProperties>(call, "dataset-group", datasetGroupArn);
    checkSchema(schema, datasetType, group);
    const properties: DatasetProperties = { datasetType, schemaArn, rows: 0 };
    // A dataset group has one dataset of each type, so the ARN contains the type, not the name.
    const tail = `dataset/${group.name}/${datasetType}`;
    return create(call, { kind: "dataset", tail, name, parent: group.arn, properties, tags });
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
        ...versionsOfGroup(call, dataset),
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

export const datasetHandlers: Record<string, Handler> = { ...handlers, DeleteDataset: deleteDataset };

const versionsOfGroup = (call: Call, { parent }: Resource<object>) =>
    call.store
        .list("solution", call.region, parent ?? "")
        .flatMap((solution) => call.store.list("solution-version", call.region, solution.arn));
