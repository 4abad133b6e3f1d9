import {
    type AttributeValue,
    BatchGetItemCommand,
    ConditionalCheckFailedException,
    type DynamoDBClient,
    GetItemCommand,
    PutItemCommand,
    paginateQuery,
    UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { readFilms, writeFilms } from "../../serving/film-scores.ts";
import type {
    CampaignStatus,
    KeptList,
    MonthSpend,
    ServedLists,
    ShownNotification,
    StackItems,
    TablePort,
} from "../../serving/ports.ts";
import type { Asked } from "../../serving/prefetch.ts";
import { recentAttributes, toRecent } from "./recent-item.ts";

type Item = Record<string, AttributeValue>;

const text = (value: string): AttributeValue => ({ S: value });
const number = (value: number): AttributeValue => ({ N: String(value) });
export const itemKey = (pk: string, sk: string) => ({ pk: text(pk), sk: text(sk) });
/** Returns the partition key of a viewer's items. */
export const viewerPk = (userId: string) => `viewer#${userId}`;
const askedPk = (hour: number) => `asked#${hour}`;
/** Returns the sort key of a viewer's list. */
export const listSk = (key: string) => `list#${key}`;

/** Creates the functions that read and write the API's DynamoDB table. docs/serving.md describes the table's items. */
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
            const command = new GetItemCommand({
                TableName,
                Key: itemKey(viewerPk(userId), "recent"),
                ConsistentRead: true,
            });
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
            const command = new UpdateItemCommand({
                TableName,
                Key: itemKey("stack", "campaign"),
                UpdateExpression:
                    "SET #status = :status, solutionVersionArn = :version, minProvisionedTPS = :tps, checkedAt = :at" +
                    (campaign.activeAt === undefined ? "" : ", activeAt = :active"),
                ConditionExpression: before === undefined ? "attribute_not_exists(checkedAt)" : "checkedAt = :before",
                ExpressionAttributeNames: { "#status": "status" },
                ExpressionAttributeValues: {
                    ":status": text(campaign.status),
                    ":version": text(campaign.solutionVersionArn ?? ""),
                    ":tps": number(campaign.minProvisionedTPS ?? 0),
                    ":at": number(campaign.checkedAt),
                    ...(campaign.activeAt !== undefined && { ":active": number(campaign.activeAt) }),
                    ...(before !== undefined && { ":before": number(before) }),
                },
            });
            await client.send(command, { abortSignal }).catch(refusedOrThrow);
        },
        async addAsked(hour, userId, requests, expiresAt, abortSignal) {
            const command = new UpdateItemCommand({
                TableName,
                Key: itemKey(askedPk(hour), userId),
                UpdateExpression: "SET expiresAt = :expiresAt ADD requests :requests",
                ExpressionAttributeValues: { ":requests": number(requests), ":expiresAt": number(expiresAt) },
            });
            await client.send(command, { abortSignal });
        },
        async count(what, window, more, expiresAt, abortSignal) {
            const command = new UpdateItemCommand({
                TableName,
                Key: itemKey(`count#${what}`, String(window)),
                UpdateExpression: "SET expiresAt = :expiresAt ADD taken :more",
                ExpressionAttributeValues: { ":more": number(more), ":expiresAt": number(expiresAt) },
                ReturnValues: "UPDATED_NEW",
            });
            return numberOf((await client.send(command, { abortSignal })).Attributes ?? {}, "taken");
        },
    };
}

/**
 * Makes all lists from before `at` (epoch milliseconds) stale. The API answers with a stale list only if it has no
 * better one.
 */
export async function flushLists(client: DynamoDBClient, TableName: string, at: number): Promise<void> {
    const command = new UpdateItemCommand({
        TableName,
        Key: itemKey("stack", "campaign"),
        UpdateExpression: "SET flushed = :at",
        ExpressionAttributeValues: { ":at": number(at) },
    });
    await client.send(command);
}

/** Stores the notification that viewers see while there is no campaign; `at` is epoch milliseconds. */
export async function putNotification(
    client: DynamoDBClient,
    TableName: string,
    notification: ShownNotification,
): Promise<void> {
    const { kind, text: message, at } = notification;
    const Item = { ...itemKey("stack", "notification"), kind: text(kind), text: text(message), at: number(at) };
    await client.send(new PutItemCommand({ TableName, Item }));
}

/** Stores the month's spend for the page. */
export async function putSpend(client: DynamoDBClient, TableName: string, spend: MonthSpend): Promise<void> {
    const { month, usd, at } = spend;
    const Item = { ...itemKey("stack", "spend"), month: text(month), usd: number(usd), at: number(at) };
    await client.send(new PutItemCommand({ TableName, Item }));
}

/** Returns the viewers whose lists were requested in an hour (epoch hours), as the API's processes stored them. */
export async function fetchRequestCounts(client: DynamoDBClient, TableName: string, hour: number): Promise<Asked[]> {
    const pages = paginateQuery(
        { client },
        {
            TableName,
            KeyConditionExpression: "pk = :hour",
            ExpressionAttributeValues: { ":hour": text(askedPk(hour)) },
        },
    );
    const requestCounts: Asked[] = [];
    for await (const { Items = [] } of pages) {
        requestCounts.push(
            ...Items.map((item) => ({ userId: textOf(item, "sk"), requests: numberOf(item, "requests") })),
        );
    }
    return requestCounts;
}

const textOf = (item: Item, name: string): string => item[name]?.S ?? "";
const numberOf = (item: Item, name: string): number => Number(item[name]?.N ?? 0);

const sources = ["campaign", "precomputed", "batch"] as const satisfies readonly KeptList["from"][];

const stackItems = ["campaign", "notification", "spend", "lists"] as const;

/** Reads the items about the stack itself, not about viewers, from the table. */
function toStackItems(item: (sk: (typeof stackItems)[number]) => Item | undefined): StackItems {
    const [campaign, notification, spend, lists] = stackItems.map(item);
    const served = toServedLists(lists);
    return {
        ...(campaign?.checkedAt && { campaign: toCampaignStatus(campaign) }),
        ...(campaign?.flushed && { flushed: numberOf(campaign, "flushed") }),
        ...(notification && {
            notification: {
                kind: textOf(notification, "kind"),
                text: textOf(notification, "text"),
                at: numberOf(notification, "at"),
            },
        }),
        ...(spend && {
            spend: { month: textOf(spend, "month"), usd: numberOf(spend, "usd"), at: numberOf(spend, "at") },
        }),
        ...(served && { lists: served }),
    };
}

/** Converts the table item that says which lists the API serves; undefined without an item. */
export const toServedLists = (item: Item | undefined): ServedLists | undefined =>
    item && {
        generation: numberOf(item, "generation"),
        solutionVersionArn: textOf(item, "solutionVersionArn"),
        madeAt: numberOf(item, "madeAt"),
    };

/**
 * Returns the parameters of the UpdateItem call that makes lists live. The call also adds the version of the lists to
 * `servedVersions`.
 */
export const serving = ({ generation, solutionVersionArn, madeAt }: ServedLists) => ({
    UpdateExpression: "SET generation = :generation, solutionVersionArn = :arn, madeAt = :at ADD servedVersions :id",
    ExpressionAttributeValues: {
        ":generation": number(generation),
        ":arn": text(solutionVersionArn),
        ":at": number(madeAt),
        ":id": { SS: [solutionVersionArn.slice(solutionVersionArn.lastIndexOf("/") + 1)] },
    },
});

/** Returns the ids of the versions whose lists have been live. */
export const toServedVersions = (item: Item | undefined): readonly string[] => item?.servedVersions?.SS ?? [];

/** Reads a list from its item. */
function toKeptList(key: string, item: Item): KeptList {
    const [solutionVersion, recommendationId] = [item.solutionVersion?.S, item.recommendationId?.S];
    return {
        key,
        films: readFilms(textOf(item, "list")),
        madeAt: numberOf(item, "madeAt"),
        revision: numberOf(item, "revision"),
        from: sources.find((source) => source === textOf(item, "from")) ?? "campaign",
        ...(solutionVersion !== undefined && { solutionVersion }),
        ...(recommendationId !== undefined && { recommendationId }),
    };
}

/** Returns the attributes of a list's item. */
export const listItem = ({ films, madeAt, revision, from, solutionVersion, recommendationId }: KeptList): Item => ({
    list: text(writeFilms(films)),
    madeAt: number(madeAt),
    revision: number(revision),
    from: text(from),
    ...(solutionVersion !== undefined && { solutionVersion: text(solutionVersion) }),
    ...(recommendationId !== undefined && { recommendationId: text(recommendationId) }),
});

function toCampaignStatus(item: Item): CampaignStatus {
    const [version, tps] = [textOf(item, "solutionVersionArn"), numberOf(item, "minProvisionedTPS")];
    return {
        status: textOf(item, "status"),
        checkedAt: numberOf(item, "checkedAt"),
        ...(item.activeAt && { activeAt: numberOf(item, "activeAt") }),
        ...(version !== "" && { solutionVersionArn: version }),
        ...(tps > 0 && { minProvisionedTPS: tps }),
    };
}

/** Returns undefined for a failed condition, which is a normal result. Throws any other error. */
function refusedOrThrow(error: unknown): undefined {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
}
