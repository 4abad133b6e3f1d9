import { inUse, invalidInput, limitExceeded } from "../errors.ts";
import { readAvroSchema } from "./avro.ts";
import type { DatasetGroupProperties, DatasetProperties, SchemaProperties } from "./properties.ts";
import { type Call, create, type Handler, need, type PageInput, pageOf, quotaOf } from "./resources.ts";
import { checkSchemaFor } from "./schema-rules.ts";
import type { Resource } from "./store.ts";

const createSchema: Handler = (call, input: SchemaProperties & { name: string }) => {
    const { name, schema, domain } = input;
    readAvroSchema(schema);
    const most = quotaOf(call, "schema");
    if (call.store.list("schema", call.region).length >= most) {
        throw limitExceeded(`More than ${most} schemas. Please delete some and try again.`);
    }
    const properties: SchemaProperties = { schema, ...(domain && { domain }) };
    return { schemaArn: create(call, { kind: "schema", tail: `schema/${name}`, name, properties }).arn };
};

const describeSchema: Handler = (call, input: { schemaArn: string }) => {
    const resource = need<SchemaProperties>(call, "schema", input.schemaArn);
    return { schema: { ...summary(resource), schema: resource.properties.schema } };
};

const listSchemas: Handler = (call, input: PageInput) => {
    const { page, ...token } = pageOf(call.store.list<SchemaProperties>("schema", call.region), input, "ListSchemas");
    return { schemas: page.map(summary), ...token };
};

const deleteSchema: Handler = (call, input: { schemaArn: string }) => {
    const resource = need(call, "schema", input.schemaArn);
    const user = datasetWith(call, resource.arn);
    if (user) throw inUse(`The schema ${resource.arn} is used by the dataset ${user.arn}. Delete the dataset first.`);
    call.store.remove(resource.id);
};

export const schemaHandlers: Record<string, Handler> = {
    CreateSchema: createSchema,
    DescribeSchema: describeSchema,
    ListSchemas: listSchemas,
    DeleteSchema: deleteSchema,
};

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

// A schema has no status, and never changes.
function summary({ name, arn, createdAt, properties: { domain } }: Resource<SchemaProperties>) {
    const at = createdAt / 1000;
    return { name, schemaArn: arn, creationDateTime: at, lastUpdatedDateTime: at, ...(domain && { domain }) };
}
