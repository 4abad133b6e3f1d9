import { inUse, invalidInput } from "../errors.ts";
import { readAvroSchema } from "./avro.ts";
import { createKindHandlers } from "./handlers.ts";
import type { DatasetGroupProperties, DatasetProperties, SchemaProperties } from "./properties.ts";
import { type Call, create } from "./resources.ts";
import { checkSchemaFor } from "./schema-rules.ts";
import type { Resource } from "./store.ts";

const createSchema = (call: Call, { name, ...properties }: SchemaProperties & { name: string }) => {
    readAvroSchema(properties.schema);
    return create(call, { kind: "schema", name, properties });
};

function deleteSchema(call: Call, resource: Resource<object>): void {
    const user = datasetWith(call, resource.arn);
    if (user) throw inUse(`The schema ${resource.arn} is used by the dataset ${user.arn}. Delete the dataset first.`);
    call.store.remove(resource.id);
}

export const schemaHandlers = createKindHandlers("schema", { create: createSchema, remove: deleteSchema });

/**
 * Throws InvalidInputException unless the schema is valid for a dataset of the type `datasetType` in the dataset group
 * `group`.
 */
export function checkSchema(
    { arn, properties }: Resource<SchemaProperties>,
    datasetType: string,
    group: Resource<DatasetGroupProperties>,
): void {
    if (properties.domain !== group.properties.domain) {
        throw invalidInput(`The schema ${arn} and the dataset group ${group.arn} are not of the same domain.`);
    }
    checkSchemaFor(datasetType, readAvroSchema(properties.schema), properties.domain);
}

const datasetWith = (call: Call, schemaArn: string) =>
    call.store.list<DatasetProperties>("dataset", call.region).find(({ properties, updatedAt }) => {
        const coming = updatedAt === null ? undefined : properties.update?.schemaArn;
        return properties.schemaArn === schemaArn || coming === schemaArn;
    });
