import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { keyOf, servedOf } from "../../../app/functions/recommendation-api/table.ts";
import type { ServedLists } from "../../../app/serving/ports.ts";
import type { StackConfig } from "../../../config/config.ts";

/** Reads which lists of batch inference the API serves; undefined before the first job. Throws DynamoDB's errors. */
export async function servedLists({
    region,
    names,
}: Pick<StackConfig, "region" | "names">): Promise<ServedLists | undefined> {
    const client = new DynamoDBClient({ region });
    try {
        const command = new GetItemCommand({ TableName: names.api, Key: keyOf("stack", "lists") });
        return servedOf((await client.send(command)).Item);
    } finally {
        client.destroy();
    }
}
