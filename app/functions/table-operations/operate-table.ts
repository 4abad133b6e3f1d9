import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { idBytes } from "../../serving/event-faults.ts";
import { flushLists } from "../recommendation-api/table.ts";
import { forgetViewer, viewerKeys } from "./forget.ts";

/**
 * An operation on the DynamoDB table that an operator may run. No operation returns or writes the films that viewers
 * watched.
 */
export type TableOperation =
    | { readonly operation: "flush" }
    | { readonly operation: "find" | "forget"; readonly userId: string };

export interface TableOperationResult {
    /** Epoch milliseconds. */
    readonly at: number;
    /** Keys of the viewer's items that the operation found, and that `forget` deleted. */
    readonly items: readonly string[];
}

/**
 * Runs an operation. `at` is the current time in epoch milliseconds.
 *
 * @throws RangeError for another operation or user ID, before any call
 */
export async function operateTable(
    client: DynamoDBClient,
    table: string,
    event: TableOperation,
    at: number,
): Promise<TableOperationResult> {
    if (event.operation === "flush") {
        await flushLists(client, table, at);
        return { at, items: [] };
    }
    const { operation, userId } = event;
    if (operation !== "find" && operation !== "forget") {
        throw new RangeError("the operation must be flush, find or forget");
    }
    if (typeof userId !== "string" || userId === "" || Buffer.byteLength(userId) > idBytes) {
        throw new RangeError(`the user id must have 1 to ${idBytes} bytes`);
    }
    const keys = await viewerKeys(client, table, userId);
    if (operation === "forget") await forgetViewer(client, table, { userId, keys, at });
    return { at, items: keys.map(({ pk, sk }) => `${pk.S} / ${sk.S}`) };
}
