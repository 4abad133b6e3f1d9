import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import type { Experiment } from "../../serving/experiment.ts";
import { operateTable, type TableOperation, type TableOperationResult } from "./operate-table.ts";

const client = new DynamoDBClient({});
const { TABLE_NAME = "", EXPERIMENT } = process.env;
const experiment = EXPERIMENT ? (JSON.parse(EXPERIMENT) as Experiment) : undefined;

/** Runs one of the table's operations for an operator, who may invoke this function but not use the table. */
export const handler = (event: TableOperation): Promise<TableOperationResult> =>
    operateTable(client, TABLE_NAME, event, Date.now(), experiment);
