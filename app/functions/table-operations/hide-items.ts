import { type DynamoDBClient, QueryCommand, UpdateItemCommand } from "@aws-sdk/client-dynamodb";
import { idBytes } from "../../serving/limits.ts";
import type { HiddenItems } from "../../serving/ports.ts";
import { hiddenAttribute, itemBytes, itemKey, number, toHiddenItems } from "../recommendation-api/table-items.ts";

/** Hides items from all lists, or shows hidden items again. */
export interface HideOperation {
    readonly operation: "hide" | "show";
    readonly itemIds: readonly string[];
    /** Time in epoch milliseconds from which lists may contain the hidden items again; 0 for none. */
    readonly until?: number;
}

/**
 * Maximum bytes of the entries of hidden items: about 120 items with ids of 20 characters. They are in the campaign's item,
 * which every process of the API reads every ten seconds, and DynamoDB bills another half read unit from 4 kB on.
 */
const maxBytes = 3500;

/**
 * Hides items, or shows hidden items again, and removes the entries whose time has passed. `at` is the current time in
 * epoch milliseconds.
 *
 * @returns all hidden items
 * @throws RangeError for an ID or a time that is not valid, and above the maximum number of bytes, before any change
 */
export async function hideItems(
    client: DynamoDBClient,
    TableName: string,
    { operation, itemIds, until = 0 }: HideOperation,
    at: number,
): Promise<HiddenItems> {
    if (itemIds.some((itemId) => typeof itemId !== "string" || itemId === "" || itemId.length > idBytes)) {
        throw new RangeError(`an item id must have 1 to ${idBytes} characters`);
    }
    if (!Number.isSafeInteger(until) || (until !== 0 && until <= at))
        throw new RangeError("until must be in the future");
    const Key = itemKey("stack", "campaign");
    const read = new QueryCommand({
        TableName,
        KeyConditionExpression: "pk = :pk AND sk = :sk",
        ExpressionAttributeValues: { ":pk": Key.pk, ":sk": Key.sk },
        ConsistentRead: true,
    });
    const before = toHiddenItems((await client.send(read)).Items?.[0]);
    const after = new Map([...before].filter(([, end]) => end === 0 || end > at));
    for (const itemId of itemIds) {
        if (operation === "hide") after.set(itemId, until);
        else after.delete(itemId);
    }
    const attributes = Object.fromEntries([...after].map(([itemId, end]) => [hiddenAttribute(itemId), number(end)]));
    if (itemBytes(attributes) > maxBytes) {
        throw new RangeError(
            `the hidden items would have more than ${maxBytes} bytes; ${before.size} are hidden. Remove items for good from the table of items`,
        );
    }
    const changed = [...new Set([...before.keys(), ...after.keys()])].filter(
        (itemId) => before.get(itemId) !== after.get(itemId),
    );
    if (changed.length > 0) await client.send(new UpdateItemCommand({ TableName, Key, ...changes(changed, after) }));
    return after;
}

/** Returns the parameters of the UpdateItem call that writes the entries of these items, or removes those without one. */
function changes(itemIds: readonly string[], entries: HiddenItems) {
    const names = itemIds.map((itemId, at) => ({
        itemId,
        name: `#i${at}`,
        value: `:u${at}`,
        end: entries.get(itemId),
    }));
    const set = names.flatMap(({ end, ...more }) => (end === undefined ? [] : [{ ...more, end }]));
    const removed = names.filter(({ end }) => end === undefined);
    return {
        UpdateExpression: [
            set.length > 0 ? `SET ${set.map(({ name, value }) => `${name} = ${value}`).join(", ")}` : "",
            removed.length > 0 ? `REMOVE ${removed.map(({ name }) => name).join(", ")}` : "",
        ].join(" "),
        ExpressionAttributeNames: Object.fromEntries(names.map(({ name, itemId }) => [name, hiddenAttribute(itemId)])),
        ...(set.length > 0 && {
            ExpressionAttributeValues: Object.fromEntries(set.map(({ value, end }) => [value, number(end)])),
        }),
    };
}
