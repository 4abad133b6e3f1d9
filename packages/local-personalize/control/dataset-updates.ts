import { isDeepStrictEqual } from "node:util";
import { inUse, invalidInput } from "../errors.ts";
import { readAvroSchema } from "./avro.ts";
import type { DatasetGroupProperties, DatasetProperties, SchemaProperties } from "./properties.ts";
import { type Call, type Handler, isUnderWay, need, needActive } from "./resources.ts";
import { checkSchema } from "./schemas.ts";
import { beginUpdate, isUpdating, updateOf } from "./updates.ts";

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

export const datasetUpdateHandlers: Record<string, Handler> = { UpdateDataset: updateDataset };

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
    for (const dataset of call.store.updating<DatasetProperties>()) {
        const { update, ...before } = dataset.properties;
        if (isUpdating(call, dataset)) continue;
        const schemaArn = (updateOf(call, dataset)?.status === "ACTIVE" && update?.schemaArn) || before.schemaArn;
        const properties = { ...before, schemaArn, ...(update && { update }) };
        call.store.save({ ...dataset, updatedAt: null, properties });
    }
}
