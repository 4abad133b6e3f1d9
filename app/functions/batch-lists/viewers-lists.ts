import { setTimeout as wait } from "node:timers/promises";
import {
    type AttributeValue,
    BatchWriteItemCommand,
    type DynamoDBClient,
    GetItemCommand,
    PutItemCommand,
    UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import pMap from "p-map";
import type { BatchPorts } from "../../batch/ports.ts";
import { batchListKey, type ServedLists } from "../../serving/ports.ts";
import {
    itemKey,
    listItem,
    listSk,
    number,
    refusedOrThrow,
    serving,
    toServedLists,
    updateOf,
    viewerPk,
} from "../recommendation-api/table-items.ts";

/** Number of writes in one call of BatchWriteItem, and number of concurrent calls. */
const writesAtOnce = 25;
const concurrency = 8;
/**
 * Milliseconds before the first retry of throttled writes, and the number of retries. Each wait is twice as long as the
 * one before.
 */
const firstWait = 50;
const retries = 10;

/** Creates the functions that read and write viewers' lists, and the item that makes lists live, in the API's table. */
export function viewersLists(dynamo: DynamoDBClient, TableName: string) {
    const key = (userId: string, generation: number) => itemKey(viewerPk(userId), listSk(batchListKey(generation)));

    async function writeAll(items: readonly Record<string, AttributeValue>[]): Promise<void> {
        let requests = items.map((Item) => ({ PutRequest: { Item } }));
        for (let attempt = 0; requests.length > 0; attempt++) {
            const command = new BatchWriteItemCommand({ RequestItems: { [TableName]: requests } });
            const { UnprocessedItems } = await dynamo.send(command);
            requests = (UnprocessedItems?.[TableName] ?? []) as typeof requests;
            if (requests.length === 0) return;
            if (attempt === retries)
                throw new Error("DynamoDB still throttles the writes of viewers' lists after the last attempt");
            await wait(firstWait * 2 ** attempt * (0.5 + Math.random()));
        }
    }

    return {
        async putLists(lists: Parameters<BatchPorts["putLists"]>[0], expiresAt: number) {
            // A call of BatchWriteItem refuses two writes of the same item.
            const items = new Map(
                lists.map(({ userId, list }) => [
                    userId,
                    {
                        ...itemKey(viewerPk(userId), listSk(list.key)),
                        ...listItem(list),
                        expiresAt: number(Math.ceil(expiresAt / 1000)),
                    },
                ]),
            );
            const all = [...items.values()];
            const groups = Array.from({ length: Math.ceil(all.length / writesAtOnce) }, (_, at) =>
                all.slice(at * writesAtOnce, (at + 1) * writesAtOnce),
            );
            await pMap(groups, writeAll, { concurrency });
        },
        async copyList(userId: string, from: number, to: number) {
            const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: key(userId, from) }));
            if (Item === undefined) return false;
            await dynamo.send(new PutItemCommand({ TableName, Item: { ...Item, ...key(userId, to) } }));
            return true;
        },
        async expireLists(userIds: readonly string[], generation: number, at: number) {
            const expire = async (userId: string) => {
                const values = { ":at": number(Math.ceil(at / 1000)) };
                const command = updateOf(TableName, key(userId, generation), "SET expiresAt = :at", values, {
                    // Without this condition, UpdateItem would create an item for a viewer who has no list in this
                    // generation.
                    ConditionExpression: "attribute_exists(pk)",
                });
                await dynamo.send(command).catch(refusedOrThrow);
            };
            await pMap(userIds, expire, { concurrency: writesAtOnce });
        },
        async served() {
            const command = new GetItemCommand({ TableName, Key: itemKey("stack", "lists"), ConsistentRead: true });
            return toServedLists((await dynamo.send(command)).Item);
        },
        async serve(lists: ServedLists) {
            await dynamo.send(new UpdateItemCommand({ TableName, Key: itemKey("stack", "lists"), ...serving(lists) }));
        },
    };
}
