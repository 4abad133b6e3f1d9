import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import type { TableOperation, TableOperationResult } from "../../../app/functions/table-operations/operate-table.ts";
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
    try {
        const command = new InvokeCommand({ FunctionName, Payload: Buffer.from(JSON.stringify(operation)) });
        const { FunctionError, Payload } = await client.send(command);
        const answer = Buffer.from(Payload ?? []).toString();
        if (FunctionError !== undefined) {
            throw new RunbookError(
                `Function ${FunctionName} failed: ${answer}\nRead its log: aws logs tail /aws/lambda/${FunctionName}`,
            );
        }
        return JSON.parse(answer) as TableOperationResult;
    } finally {
        client.destroy();
    }
}
