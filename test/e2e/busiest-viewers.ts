import { DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { createSettings, type TestAws } from "../support/local-aws.ts";

/**
 * Adds nine requests of each viewer to the counts in the API's table, as processes of the API do, so that the prefetch
 * function selects these viewers.
 */
export async function addRequests(viewers: readonly string[], { instance }: TestAws, tableName: string): Promise<void> {
    const dynamo = new DynamoDBClient(createSettings(instance));
    for (const viewer of viewers) {
        await dynamo.send(
            new UpdateItemCommand({
                TableName: tableName,
                Key: { pk: { S: `asked#${Math.floor(Date.now() / 3_600_000)}` }, sk: { S: viewer } },
                UpdateExpression: "ADD requests :one",
                ExpressionAttributeValues: { ":one": { N: "9" } },
            }),
        );
    }
    dynamo.destroy();
}
