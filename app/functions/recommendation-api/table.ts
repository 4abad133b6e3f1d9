import { Readable } from "node:stream";
import { BatchGetItemCommand, type DynamoDBClient, GetItemCommand, PutItemCommand } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { newestTablesKey, tablesKey } from "../../../core/config/names.ts";
import { maxTablesBytes, TablesFormatError } from "../../../data-prep/tables/document.ts";
import type { MonthSpend, ShownNotification, TablePort, TablesPort } from "../../serving/ports.ts";
import type { Asked } from "../../serving/prefetch.ts";
import { experimentRecords } from "./experiment-records.ts";
import {
    askedPk,
    type Item,
    itemKey,
    listItem,
    listSk,
    number,
    numberOf,
    queryPages,
    recentAttributes,
    refusedOrThrow,
    stackItems,
    text,
    textOf,
    toKeptList,
    toRecent,
    toStackItems,
    updateOf,
    viewerPk,
} from "./table-items.ts";

/** Creates the functions that read and write the API's DynamoDB table. table-items.ts describes the table's items. */
export function tablePort(client: DynamoDBClient, TableName: string): TablePort {
    /**
     * Reads several items in one call. Throws if DynamoDB returns only some of them, because the others would seem to
     * be missing.
     */
    async function all(keys: readonly Item[], abortSignal: AbortSignal): Promise<(sk: string) => Item | undefined> {
        const command = new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [...keys] } } });
        const { Responses, UnprocessedKeys } = await client.send(command, { abortSignal });
        if (Object.keys(UnprocessedKeys ?? {}).length > 0)
            throw new Error("DynamoDB returned only some of the requested items");
        return (sk) => Responses?.[TableName]?.find((item) => item.sk?.S === sk);
    }

    return {
        async viewer(userId, key, signal) {
            const pk = viewerPk(userId);
            const item = await all([itemKey(pk, "recent"), itemKey(pk, listSk(key))], signal);
            const list = item(listSk(key));
            return { recent: toRecent(item("recent")), ...(list && { list: toKeptList(key, list) }) };
        },
        async putList(userId, list, expiresAt, abortSignal) {
            const command = new PutItemCommand({
                TableName,
                Item: {
                    ...itemKey(viewerPk(userId), listSk(list.key)),
                    ...listItem(list),
                    expiresAt: number(expiresAt),
                },
                ConditionExpression: "attribute_not_exists(pk) OR revision <= :revision",
                ExpressionAttributeValues: { ":revision": number(list.revision) },
            });
            await client.send(command, { abortSignal }).catch(refusedOrThrow);
        },
        async recent(userId, abortSignal) {
            const Key = itemKey(viewerPk(userId), "recent");
            const command = new GetItemCommand({ TableName, Key, ConsistentRead: true });
            return toRecent((await client.send(command, { abortSignal })).Item);
        },
        async putRecent(userId, recent, before, expiresAt, abortSignal) {
            const command = new PutItemCommand({
                TableName,
                Item: recentAttributes(itemKey(viewerPk(userId), "recent"), recent, expiresAt),
                ConditionExpression: before === 0 ? "attribute_not_exists(pk)" : "revision = :before",
                ...(before > 0 && { ExpressionAttributeValues: { ":before": number(before) } }),
            });
            return (await client.send(command, { abortSignal }).catch(refusedOrThrow)) !== undefined;
        },
        async stack(signal) {
            const keys = stackItems.map((sk) => itemKey("stack", sk));
            return toStackItems(await all(keys, signal));
        },
        async putCampaign(campaign, before, abortSignal) {
            const changes =
                "SET #status = :status, solutionVersionArn = :version, minProvisionedTPS = :tps, checkedAt = :at" +
                (campaign.activeAt === undefined ? "" : ", activeAt = :active");
            const values = {
                ":status": text(campaign.status),
                ":version": text(campaign.solutionVersionArn ?? ""),
                ":tps": number(campaign.minProvisionedTPS ?? 0),
                ":at": number(campaign.checkedAt),
                ...(campaign.activeAt !== undefined && { ":active": number(campaign.activeAt) }),
                ...(before !== undefined && { ":before": number(before) }),
            };
            const command = updateOf(TableName, itemKey("stack", "campaign"), changes, values, {
                ConditionExpression: before === undefined ? "attribute_not_exists(checkedAt)" : "checkedAt = :before",
                ExpressionAttributeNames: { "#status": "status" },
            });
            await client.send(command, { abortSignal }).catch(refusedOrThrow);
        },
        async addAsked(hour, userId, requests, expiresAt, abortSignal) {
            const changes = "SET expiresAt = :expiresAt ADD requests :requests";
            const values = { ":requests": number(requests), ":expiresAt": number(expiresAt) };
            const command = updateOf(TableName, itemKey(askedPk(hour), userId), changes, values);
            await client.send(command, { abortSignal });
        },
        async count(what, window, more, expiresAt, abortSignal) {
            const key = itemKey(`count#${what}`, String(window));
            const values = { ":more": number(more), ":expiresAt": number(expiresAt) };
            const changes = "SET expiresAt = :expiresAt ADD taken :more";
            const command = updateOf(TableName, key, changes, values, { ReturnValues: "UPDATED_NEW" });
            return numberOf((await client.send(command, { abortSignal })).Attributes ?? {}, "taken");
        },
        ...experimentRecords(client, TableName),
    };
}

/** Stores the notification that viewers see while there is no campaign; `at` is epoch milliseconds. */
export async function putNotification(
    client: DynamoDBClient,
    TableName: string,
    { kind, text: message, at }: ShownNotification,
): Promise<void> {
    const Item = { ...itemKey("stack", "notification"), kind: text(kind), text: text(message), at: number(at) };
    await client.send(new PutItemCommand({ TableName, Item }));
}

/** Stores the month's spend for the page. */
export async function putSpend(client: DynamoDBClient, TableName: string, { month, usd, at }: MonthSpend) {
    const Item = { ...itemKey("stack", "spend"), month: text(month), usd: number(usd), at: number(at) };
    await client.send(new PutItemCommand({ TableName, Item }));
}

/**
 * Returns the viewers whose lists were requested most in an hour (epoch hours), at most `most`, as the API's processes
 * stored them.
 */
export async function fetchRequestCounts(
    client: DynamoDBClient,
    TableName: string,
    hour: number,
    most: number,
): Promise<Asked[]> {
    let requestCounts: Asked[] = [];
    for await (const items of queryPages(client, TableName, askedPk(hour))) {
        const counts = items.map((item) => ({ userId: textOf(item, "sk"), requests: numberOf(item, "requests") }));
        requestCounts = [...requestCounts, ...counts].sort((a, b) => b.requests - a.requests).slice(0, most);
    }
    return requestCounts;
}

/** HTTP status of S3's response to a read with the object's current ETag. */
const notModified = 304;

/**
 * Creates the functions that read the fallback tables of solution versions from the stack's bucket, to which
 * `pulumi up` uploads them.
 */
export function storedTables(client: S3Client, Bucket: string): TablesPort {
    async function read(Key: string, IfNoneMatch: string | undefined, abortSignal: AbortSignal) {
        const command = new GetObjectCommand({ Bucket, Key, IfNoneMatch });
        const { Body, ContentLength, ETag = "" } = await client.send(command, { abortSignal });
        // Check the length first: without memory for the whole text, the process would end.
        if (Number(ContentLength) > maxTablesBytes) {
            if (Body instanceof Readable) Body.destroy();
            throw new TablesFormatError(
                `${Key} has ${ContentLength} bytes, more than the ${maxTablesBytes} that the API reads.`,
            );
        }
        return { text: (await Body?.transformToString()) ?? "", etag: ETag };
    }
    return {
        read: (version, etag, signal) =>
            read(tablesKey(version), etag, signal).catch((error) => {
                if (error?.$metadata?.httpStatusCode === notModified) return undefined;
                throw error;
            }),
        newest: async (signal) => (await read(newestTablesKey, undefined, signal)).text,
    };
}
