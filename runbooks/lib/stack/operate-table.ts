import { DynamoDBClient, GetItemCommand } from "@aws-sdk/client-dynamodb";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { itemKey, toServedLists, toServedVersions } from "../../../app/functions/recommendation-api/table-items.ts";
import type { TableOperation, TableOperationResult } from "../../../app/functions/table-operations/operate-table.ts";
import type { ServedLists } from "../../../app/serving/ports.ts";
import type { StackConfig } from "../../../core/config/config.ts";
import { RunbookError } from "../cli/runbook.ts";

/**
 * Runs an operation on the API's table with the function that has permission.
 * @throws RunbookError with the function's error; also throws Lambda's errors
 */
export async function operateTable(
    outputs: Readonly<Record<string, string>>,
    operation: TableOperation,
): Promise<TableOperationResult> {
    const { tableOperationsName: FunctionName = "", notificationsTopicArn = "" } = outputs;
    const client = new LambdaClient({ region: notificationsTopicArn.split(":")[3] ?? "" });
    const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(operation)) });
    const { FunctionError, Payload } = await client.send(command);
    const answer = Buffer.from(Payload ?? []).toString();
    if (FunctionError !== undefined) {
        throw new RunbookError(
            `Function ${FunctionName} failed: ${answer}\nRead its log: aws logs tail /aws/lambda/${FunctionName}`,
        );
    }
    return JSON.parse(answer) as TableOperationResult;
}

/** The lists of batch inference that the API serves, and the ids of all versions whose lists have been live. */
export interface ListsRecord extends ServedLists {
    readonly versions: readonly string[];
}

/** Reads which lists of batch inference the API serves; undefined before the first job. Throws DynamoDB's errors. */
export async function servedLists({
    region,
    names,
}: Pick<StackConfig, "region" | "names">): Promise<ListsRecord | undefined> {
    const command = new GetItemCommand({ TableName: names.api, Key: itemKey("stack", "lists") });
    const { Item } = await new DynamoDBClient({ region }).send(command);
    const served = toServedLists(Item);
    return served && { ...served, versions: toServedVersions(Item) };
}
