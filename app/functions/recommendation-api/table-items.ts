import {
    type AttributeValue,
    ConditionalCheckFailedException,
    type DynamoDBClient,
    paginateQuery,
    type QueryCommandInput,
    UpdateItemCommand,
    type UpdateItemCommandInput,
} from "@aws-sdk/client-dynamodb";
import { readItems, writeItems } from "../../serving/item-scores.ts";
import type { CampaignStatus, HiddenItems, KeptList, Recent, ServedLists, StackItems } from "../../serving/ports.ts";

/**
 * An item of the table, or attributes of one. Each item has a partition key and a sort key. All but those of `stack`
 * expire.
 *
 * - `experiment#…`: the time of a viewer's first list, and hashes of what the viewer watched
 * - `viewer#<id>`: `recent` (newest films and the revision), `list#<hash of filter and context>` (a list)
 * - `stack`: `campaign` (the last answer of DescribeCampaign), `notification` and `spend` of the cost guard
 * - `count#…` (calls and events, for rate limits), `asked#<hour>` (requests of each viewer, for the prefetch)
 */
export type Item = Record<string, AttributeValue>;

/** Returns a text as an attribute. */
export const text = (value: string): AttributeValue => ({ S: value });
/** Returns a number as an attribute. */
export const number = (value: number): AttributeValue => ({ N: String(value) });
/** Reads a text of an item; "" if the item lacks the attribute. */
export const textOf = (item: Item, name: string): string => item[name]?.S ?? "";
/** Reads a number of an item; 0 if the item lacks the attribute. */
export const numberOf = (item: Item, name: string): number => Number(item[name]?.N ?? 0);

/** Returns the key of an item. */
export const itemKey = (pk: string, sk: string) => ({ pk: text(pk), sk: text(sk) });

/** Yields the items of a partition, page by page. */
export async function* queryPages(
    client: DynamoDBClient,
    TableName: string,
    pk: string,
    more: Partial<QueryCommandInput> = {},
): AsyncGenerator<readonly Item[]> {
    const key = { KeyConditionExpression: "pk = :pk", ExpressionAttributeValues: { ":pk": text(pk) } };
    for await (const { Items = [] } of paginateQuery({ client }, { TableName, ...key, ...more })) yield Items;
}

/** Returns the command that changes an item. */
export const updateOf = (
    TableName: string,
    Key: Item,
    UpdateExpression: string,
    ExpressionAttributeValues: Item,
    more: Partial<UpdateItemCommandInput> = {},
) => new UpdateItemCommand({ TableName, Key, UpdateExpression, ExpressionAttributeValues, ...more });

/** Returns undefined for a failed condition, which is a normal result. Throws any other error. */
export function refusedOrThrow(error: unknown): undefined {
    if (error instanceof ConditionalCheckFailedException) return undefined;
    throw error;
}

/** Returns the partition key of a viewer's items. */
export const viewerPk = (userId: string) => `viewer#${userId}`;
/** Returns the partition key of the items that count the requests of an hour (epoch hours). */
export const askedPk = (hour: number) => `asked#${hour}`;
/** Returns the sort key of a viewer's list. */
export const listSk = (key: string) => `list#${key}`;

const sources = ["campaign", "precomputed", "batch"] as const satisfies readonly KeptList["from"][];

/** Reads a list from its item. */
export function toKeptList(key: string, item: Item): KeptList {
    const [solutionVersion, recommendationId] = [item.solutionVersion?.S, item.recommendationId?.S];
    return {
        key,
        items: readItems(textOf(item, "list")),
        madeAt: numberOf(item, "madeAt"),
        revision: numberOf(item, "revision"),
        from: sources.find((source) => source === textOf(item, "from")) ?? "campaign",
        ...(solutionVersion !== undefined && { solutionVersion }),
        ...(recommendationId !== undefined && { recommendationId }),
    };
}

/** Returns the attributes of a list's item. */
export const listItem = ({ items, madeAt, revision, from, solutionVersion, recommendationId }: KeptList): Item => ({
    list: text(writeItems(items)),
    madeAt: number(madeAt),
    revision: number(revision),
    from: text(from),
    ...(solutionVersion !== undefined && { solutionVersion: text(solutionVersion) }),
    ...(recommendationId !== undefined && { recommendationId: text(recommendationId) }),
});

/** Sort keys of the items about the stack itself. */
export const stackItems = ["campaign", "notification", "spend", "lists"] as const;

/** Reads the items about the stack itself, not about viewers, from the table. */
export function toStackItems(item: (sk: (typeof stackItems)[number]) => Item | undefined): StackItems {
    const [campaign, notification, spend, lists] = stackItems.map(item);
    const served = toServedLists(lists);
    const hidden = toHiddenItems(campaign);
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
        ...(hidden.size > 0 && { hidden }),
    };
}

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

/** Returns the name of the attribute of the campaign's item with the time until which an item of the catalog is hidden. */
export const hiddenAttribute = (itemId: string) => `item#${itemId}`;

/** Reads the hidden items from the campaign's item. */
export const toHiddenItems = (item: Item = {}): HiddenItems =>
    new Map(
        Object.keys(item)
            .filter((name) => name.startsWith(hiddenAttribute("")))
            .map((name) => [name.slice(hiddenAttribute("").length), numberOf(item, name)]),
    );

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

/** Bytes of one write unit (DynamoDB Developer Guide, "Read and write operations"). */
const unitBytes = 1024;

/**
 * Returns the attributes of a viewer's newest items, in compact form: `[["50",0],["172",61000,0]]`. Each item has its
 * ID and the milliseconds from its event to the viewer's revision (a time). An item that the viewer only watched has no
 * more values. Any other item also has a number: 0 if the viewer did not watch it, 1 if the viewer refused it, 2 if the
 * viewer watched and refused it. Leaves out the oldest items until one write unit is enough.
 */
export function recentAttributes(key: Item, { revision, items, counted, proven }: Recent, expiresAt: number): Item {
    const item: Item = {
        ...key,
        revision: number(revision),
        expiresAt: number(expiresAt),
        ...(proven && { proven: number(1) }),
        ...(counted && { minute: number(counted.minute), events: number(counted.events) }),
    };
    const packed = items.map(({ itemId, at, watched = true, refused = false }) => [
        itemId,
        revision - at,
        ...(refused ? [watched ? 2 : 1] : watched ? [] : [0]),
    ]);
    for (let count = packed.length; ; count--) {
        const whole = { ...item, films: text(JSON.stringify(packed.slice(0, count))) };
        if (count === 0 || itemBytes(whole) <= unitBytes) return whole;
    }
}

/** Reads the attributes that `recentAttributes` returns. */
export function toRecent(item: Item | undefined): Recent {
    if (item === undefined) return { revision: 0, items: [] };
    const [revision, minute] = [numberOf(item, "revision"), numberOf(item, "minute")];
    const items = JSON.parse(item.films?.S ?? "[]") as readonly (readonly [string, number, (0 | 1 | 2)?])[];
    return {
        revision,
        items: items.map(([itemId, before, mark]) => ({
            itemId,
            at: revision - before,
            ...((mark === 0 || mark === 1) && { watched: false as const }),
            ...((mark === 1 || mark === 2) && { refused: true as const }),
        })),
        ...(item.proven && { proven: true as const }),
        ...(minute && { counted: { minute, events: numberOf(item, "events") } }),
    };
}

/**
 * Returns the size in bytes of a DynamoDB item of texts and numbers (DynamoDB Developer Guide, "DynamoDB item sizes and
 * formats"). A number takes one byte for each pair of digits, and one byte more. The function adds another byte,
 * because DynamoDB may form the pairs from the decimal point on: 123.4 then has the pairs 1, 23 and 4, so the single
 * digits 1 and 4 take a byte each.
 */
export function itemBytes(item: Item): number {
    let bytes = 0;
    for (const [name, { S, N }] of Object.entries(item)) {
        const value = N === undefined ? Buffer.byteLength(S ?? "") : Math.ceil(N.length / 2) + 2;
        bytes += Buffer.byteLength(name) + value;
    }
    return bytes;
}
