import { ConditionalCheckFailedException, type DynamoDBClient, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import type { TakeCalls } from "../../serving/campaign-budget.ts";

/** Counts the calls of the campaign by all processes, in one item of the table that each window starts anew. */
export function takeCalls(client: DynamoDBClient, TableName: string): TakeCalls {
    return async (window, calls, most, abortSignal) => {
        const update = async (change: string, condition: string, values: Readonly<Record<string, number>>) => {
            const command = new UpdateItemCommand({
                TableName,
                Key: { pk: { S: "stack" }, sk: { S: "calls" } },
                UpdateExpression: change,
                ConditionExpression: condition,
                ExpressionAttributeNames: { "#window": "window" },
                ExpressionAttributeValues: Object.fromEntries(
                    Object.entries(values).map(([name, value]) => [`:${name}`, { N: String(value) }]),
                ),
            });
            try {
                await client.send(command, { abortSignal });
                return true;
            } catch (error) {
                if (error instanceof ConditionalCheckFailedException) return false;
                throw error;
            }
        };
        const add = () =>
            update("ADD taken :calls", "#window = :window AND taken <= :before", {
                ...{ window, calls, before: most - calls },
            });
        const begin = () =>
            update("SET #window = :window, taken = :calls", "attribute_not_exists(#window) OR #window < :window", {
                ...{ window, calls },
            });
        // Another process may begin the window between the two.
        return (await add()) || (await begin()) || (await add());
    };
}
