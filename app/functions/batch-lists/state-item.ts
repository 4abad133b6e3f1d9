import { type DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import type { JobsSpend } from "../../../core/cost/serving-spend.ts";
import { type BatchState, firstState } from "../../batch/state.ts";
import { type Item, itemKey, number, refusedOrThrow, text, updateOf } from "../recommendation-api/table-items.ts";

/** Key of the DynamoDB item that contains the batch function's lease and state. */
const stateKey = itemKey("batch", "state");

/**
 * Creates the functions that read and write the DynamoDB item with the batch function's state, for one run of the
 * function.
 */
export function stateItem(dynamo: DynamoDBClient, TableName: string) {
    let revision = 0;
    /** Writes the state's item, unless another run has written it since this run read it. */
    const write = (changes: string, values: Item, ConditionExpression: string) =>
        dynamo.send(updateOf(TableName, stateKey, changes, values, { ConditionExpression }));
    const isOurs = "revision = :before";
    return {
        async begin(leaseMs: number): Promise<BatchState | undefined> {
            const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: stateKey, ConsistentRead: true }));
            const before = Number(Item?.revision?.N ?? 0);
            const values = { ":next": number(before + 1), ":until": number(Date.now() + leaseMs) };
            const conditionValues = { ":before": number(before), ":now": number(Date.now()) };
            const written = await write(
                "SET revision = :next, leaseUntil = :until",
                Item === undefined ? values : { ...values, ...conditionValues },
                Item === undefined ? "attribute_not_exists(pk)" : `${isOurs} AND leaseUntil < :now`,
            ).catch(refusedOrThrow);
            if (written === undefined) return undefined;
            revision = before + 1;
            return Item?.batchState?.S === undefined ? firstState : (JSON.parse(Item.batchState.S) as BatchState);
        },
        async save(state: BatchState) {
            const values = {
                ":next": number(revision + 1),
                ":before": number(revision),
                ":state": text(JSON.stringify(state)),
            };
            await write("SET revision = :next, batchState = :state", values, isOurs);
            revision += 1;
        },
        async end() {
            const values = { ":none": number(0), ":before": number(revision) };
            await write("SET leaseUntil = :none", values, isOurs).catch(refusedOrThrow);
        },
        async spend() {
            const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: itemKey("stack", "spend") }));
            return Item && { month: Item.month?.S ?? "", usd: Number(Item.usd?.N ?? 0) };
        },
    };
}

/** Reads the spend of batch inference jobs; undefined before the batch function's first run. */
export async function jobsSpend(dynamo: DynamoDBClient, TableName: string): Promise<JobsSpend | undefined> {
    const { Item } = await dynamo.send(new GetItemCommand({ TableName, Key: stateKey }));
    return Item?.batchState?.S === undefined ? undefined : (JSON.parse(Item.batchState.S) as BatchState).spent;
}
