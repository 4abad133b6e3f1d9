import { readSchemaFields } from "../control/datasets.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { type Call, computePhase } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import { invalidInput, notFound, ServiceError } from "../errors.ts";
import type { RawAttributes } from "../filtering/bind.ts";
import { readProperties, toAttributes } from "./properties.ts";

/** The common input of PutItems and PutUsers. */
export interface PutAttributesInput {
    datasetArn: string;
    items?: { itemId: string; properties?: string }[];
    users?: { userId: string; properties?: string }[];
}

const rules = {
    ITEMS: { idColumn: "ITEM_ID", operation: "PutItems" },
    USERS: { idColumn: "USER_ID", operation: "PutUsers" },
};

/**
 * Returns the rows of a PutItems or PutUsers call by the schema of its dataset. Throws ResourceNotFoundException (404)
 * or ResourceInUseException (409) when the dataset does not exist or is not ready. Throws InvalidInputException for
 * another type of dataset and for properties that its schema does not allow.
 */
export function readPut(
    call: Call,
    type: "ITEMS" | "USERS",
    input: PutAttributesInput,
): { dataset: Resource<DatasetProperties>; rows: [id: string, RawAttributes][] } {
    const dataset = readyDataset(call, type, input.datasetArn);
    const { idColumn } = rules[type];
    const columns = readSchemaFields(call.store, dataset).filter(({ name }) => name !== idColumn);
    const given = [
        ...(input.items ?? []).map(({ itemId, properties }) => ({ id: itemId, properties })),
        ...(input.users ?? []).map(({ userId, properties }) => ({ id: userId, properties })),
    ];
    return {
        dataset,
        rows: given.map(({ id, properties }) => {
            const attributes = toAttributes(readProperties(properties, id), columns, id);
            return [id, { [idColumn]: id, ...attributes }];
        }),
    };
}

function readyDataset(call: Call, type: "ITEMS" | "USERS", arn: string): Resource<DatasetProperties> {
    const dataset = call.store.find<DatasetProperties>(call.region, arn);
    const status = dataset?.kind === "dataset" ? computePhase(call, dataset).status : "GONE";
    if (!dataset || status === "GONE") throw notFound("dataset", arn, 404);
    if (/^(CREATE|DELETE) /.test(status)) {
        throw new ServiceError("ResourceInUseException", `The dataset ${arn} is ${status}; it must be ACTIVE.`, 409);
    }
    if (dataset.properties.datasetType === type) return dataset;
    throw invalidInput(`${rules[type].operation} is for a dataset of type ${type}, and ${arn} is not one.`);
}
