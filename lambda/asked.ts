import { type DynamoDBClient, paginateQuery } from "@aws-sdk/client-dynamodb";
import type { Asked } from "../serving/prefetch.ts";

/** Whose lists were asked for in an hour (epoch hours), as processes of the API noted it. */
export async function askedIn(client: DynamoDBClient, TableName: string, hour: number): Promise<Asked[]> {
    const pages = paginateQuery(
        { client },
        {
            TableName,
            KeyConditionExpression: "pk = :hour",
            ExpressionAttributeValues: { ":hour": { S: `asked#${hour}` } },
        },
    );
    const found: Asked[] = [];
    for await (const { Items = [] } of pages) {
        found.push(...Items.map(({ sk, requests }) => ({ userId: sk?.S ?? "", requests: Number(requests?.N ?? 0) })));
    }
    return found;
}
