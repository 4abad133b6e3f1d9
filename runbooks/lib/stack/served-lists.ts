import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { itemKey, toServedLists, toServedVersions } from "../../../app/functions/recommendation-api/table-items.ts";
import type { ServedLists } from "../../../app/serving/ports.ts";
import type { StackConfig } from "../../../config/config.ts";

/** The lists of batch inference that the API serves, and the ids of all versions whose lists have been live. */
export interface ListsRecord extends ServedLists {
    readonly versions: readonly string[];
}

/** Reads which lists of batch inference the API serves; undefined before the first job. Throws DynamoDB's errors. */
export async function servedLists({
    region,
    names,
}: Pick<StackConfig, "region" | "names">): Promise<ListsRecord | undefined> {
    const client = new DynamoDBClient({ region });
    try {
        const command = new GetItemCommand({ TableName: names.api, Key: itemKey("stack", "lists") });
        const { Item } = await client.send(command);
        const served = toServedLists(Item);
        return served && { ...served, versions: toServedVersions(Item) };
    } finally {
        client.destroy();
    }
}
