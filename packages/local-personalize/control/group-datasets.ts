import type { Columns } from "../filtering/resolve.ts";
import { type Field, readAvroSchema } from "./avro.ts";
import type { DatasetProperties } from "./properties.ts";
import type { SchemaProperties } from "./schemas.ts";
import type { Resource, Store } from "./store.ts";

type Dataset = Resource<DatasetProperties>;

/** A dataset group's dataset of a type, such as ITEMS; undefined when there is none, or it is being deleted. */
export function datasetOf(store: Store, region: string, groupArn: string, type: string): Dataset | undefined {
    return store
        .list<DatasetProperties>("dataset", region, groupArn)
        .find(({ properties, deletedAt }) => properties.datasetType === type && deletedAt === null);
}

/** The columns of a dataset, from its schema. */
export function fieldsOf(store: Store, dataset: Dataset): Field[] {
    const schema = store.find<SchemaProperties>(dataset.region, dataset.properties.schemaArn);
    if (!schema) throw new Error(`The schema of ${dataset.arn} is gone.`);
    return readAvroSchema(schema.properties.schema).fields;
}

/** The columns that filters of a dataset group can use. */
export function columnsOf(store: Store, region: string, groupArn: string): Columns {
    const fields = (type: string) => {
        const dataset = datasetOf(store, region, groupArn, type);
        return dataset && fieldsOf(store, dataset);
    };
    return { items: fields("ITEMS"), users: fields("USERS") };
}
