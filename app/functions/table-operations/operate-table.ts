import { type AttributeValue, DeleteItemCommand, type DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { type Experiment, subjectId } from "../../serving/experiment.ts";
import { idBytes, limits } from "../../serving/limits.ts";
import { epochHour } from "../../serving/traffic.ts";
import { type ExperimentCell, recordKey, sumRecords } from "../recommendation-api/experiment-records.ts";
import { askedPk, itemKey, number, queryPages, updateOf, viewerPk } from "../recommendation-api/table-items.ts";
import { type HideOperation, hideItems } from "./hide-items.ts";

type Key = Record<"pk" | "sk", AttributeValue>;

/**
 * Seconds after which the empty item of a forgotten viewer expires. By then, no process of the API has older data of
 * the viewer.
 */
const emptySeconds = 24 * 3600;

/**
 * An operation on the DynamoDB table that an operator may run. No operation returns or writes the items that viewers
 * watched.
 */
export type TableOperation =
    | { readonly operation: "flush" | "experiment" }
    | { readonly operation: "find" | "forget"; readonly userId: string }
    | HideOperation;

export interface TableOperationResult {
    /** Epoch milliseconds. */
    readonly at: number;
    /** Keys of the viewer's items that the operation found, and that `forget` deleted. */
    readonly items: readonly string[];
    /** The sums of the running experiment, after `experiment`. */
    readonly experiment?: Experiment & { readonly cells: readonly ExperimentCell[] };
    /** The hidden items after `hide` or `show`: each ID with the time until which it is hidden, or 0. */
    readonly hidden?: Readonly<Record<string, number>>;
}

/**
 * Runs an operation. `at` is the current time in epoch milliseconds.
 *
 * @param experiment the running experiment of the stack; undefined if there is none
 * @throws RangeError for another operation, or an ID that is not valid, before any change
 */
export async function operateTable(
    client: DynamoDBClient,
    table: string,
    event: TableOperation,
    at: number,
    experiment?: Experiment,
): Promise<TableOperationResult> {
    if (event.operation === "flush") {
        // Make all lists from before `at` stale: the API answers with a stale list only if it has no better one.
        await client.send(updateOf(table, itemKey("stack", "campaign"), "SET flushed = :at", { ":at": number(at) }));
        return { at, items: [] };
    }
    if (event.operation === "hide" || event.operation === "show") {
        return { at, items: [], hidden: Object.fromEntries(await hideItems(client, table, event, at)) };
    }
    if (event.operation === "experiment") {
        const cells = experiment && (await sumRecords(client, table, experiment));
        return { at, items: [], ...(experiment && cells && { experiment: { ...experiment, cells } }) };
    }
    if (event.operation !== "find" && event.operation !== "forget") {
        throw new RangeError("the operation must be flush, experiment, find, forget, hide or show");
    }
    const { operation, userId } = event;
    if (typeof userId !== "string" || userId === "" || Buffer.byteLength(userId) > idBytes) {
        throw new RangeError(`the user id must have 1 to ${idBytes} bytes`);
    }
    const keys = await viewerKeys(client, table, userId);
    if (operation === "forget") {
        const record = experiment && recordKey({ run: experiment.since, subject: subjectId(experiment, userId) });
        await forgetViewer(client, table, { userId, keys: record ? [...keys, record] : keys, at });
    }
    return { at, items: keys.map(({ pk, sk }) => `${pk.S} / ${sk.S}`) };
}

/** Returns the keys of a viewer's items. */
async function viewerKeys(client: DynamoDBClient, TableName: string, userId: string): Promise<Key[]> {
    const onlyKeys = { ProjectionExpression: "pk, sk", Select: "SPECIFIC_ATTRIBUTES" } as const;
    const keys: Key[] = [];
    for await (const items of queryPages(client, TableName, viewerPk(userId), onlyKeys)) {
        keys.push(...items.flatMap(({ pk, sk }) => (pk && sk ? [{ pk, sk }] : [])));
    }
    return keys;
}

/**
 * Deletes a viewer's items (`keys`), and the counts of the viewer's requests in each hour. Then writes an empty item
 * with a new revision, so that every process of the API drops what it knows of the viewer within seconds. The item
 * expires after a day. `at` is epoch milliseconds.
 */
async function forgetViewer(
    client: DynamoDBClient,
    TableName: string,
    { userId, keys, at }: { readonly userId: string; readonly keys: readonly Key[]; readonly at: number },
): Promise<void> {
    const hours = limits.asked / 3_600_000 + 1;
    const traffic = Array.from({ length: hours }, (_, ago) => itemKey(askedPk(epochHour(at) - ago), userId));
    for (const Key of [...keys, ...traffic]) await client.send(new DeleteItemCommand({ TableName, Key }));
    const values = { ":at": number(at), ":expiresAt": number(Math.ceil(at / 1000) + emptySeconds) };
    const changes = "SET revision = :at, expiresAt = :expiresAt";
    await client.send(updateOf(TableName, itemKey(viewerPk(userId), "recent"), changes, values));
}
