import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { operateTable, type TableOperation, type TableOperationResult } from "./operate-table.ts";

const client = new DynamoDBClient({});

/** Runs one of the table's operations for an operator, who may invoke this function but not use the table. */
export const handler = (event: TableOperation): Promise<TableOperationResult> =>
    operateTable(client, process.env.TABLE_NAME ?? "", event, Date.now());
