import {
    type AttributeValue,
    DeleteItemCommand,
    type DynamoDBClient,
    paginateQuery,
    UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { limits } from "../../serving/limits.ts";
import { epochHour } from "../../serving/traffic.ts";

type Key = Record<"pk" | "sk", AttributeValue>;

/**
 * Seconds after which the empty item of a forgotten viewer expires. By then, no process of the API has older data of
 * the viewer.
 */
const emptySeconds = 24 * 3600;

/** Returns the keys of a viewer's items. */
export async function viewerKeys(client: DynamoDBClient, TableName: string, userId: string): Promise<Key[]> {
    const pages = paginateQuery(
        { client },
        {
            TableName,
            KeyConditionExpression: "pk = :viewer",
            ProjectionExpression: "pk, sk",
            Select: "SPECIFIC_ATTRIBUTES",
            ExpressionAttributeValues: { ":viewer": { S: `viewer#${userId}` } },
        },
    );
    const keys: Key[] = [];
    for await (const { Items = [] } of pages) {
        keys.push(...Items.flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : [])));
    }
    return keys;
}

/**
 * Deletes a viewer's items, and the counts of the viewer's requests in each hour. Then writes an empty item with a new
 * revision, so that every process of the API drops the viewer's films within seconds. The item expires after a day.
 * `at` is epoch milliseconds.
 */
export async function forgetViewer(
    client: DynamoDBClient,
    TableName: string,
    { userId, keys, at }: { readonly userId: string; readonly keys: readonly Key[]; readonly at: number },
): Promise<void> {
    const hours = limits.asked / 3_600_000 + 1;
    const traffic = Array.from({ length: hours }, (_, ago) => ({
        pk: { S: `asked#${epochHour(at) - ago}` },
        sk: { S: userId },
    }));
    for (const Key of [...keys, ...traffic]) await client.send(new DeleteItemCommand({ TableName, Key }));
    await client.send(
        new UpdateItemCommand({
            TableName,
            Key: { pk: { S: `viewer#${userId}` }, sk: { S: "recent" } },
            UpdateExpression: "SET revision = :at, expiresAt = :expiresAt",
            ExpressionAttributeValues: {
                ":at": { N: String(at) },
                ":expiresAt": { N: String(Math.ceil(at / 1000) + emptySeconds) },
            },
        }),
    );
}
