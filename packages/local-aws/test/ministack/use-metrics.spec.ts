import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
    CloudWatchLogsClient,
    CreateLogGroupCommand,
    CreateLogStreamCommand,
    PutLogEventsCommand,
} from "@aws-sdk/client-cloudwatch-logs";
import {
    BatchGetItemCommand,
    CreateTableCommand,
    DynamoDBClient,
    GetItemCommand,
    PutItemCommand,
    QueryCommand,
    UpdateItemCommand,
} from "@aws-sdk/client-dynamodb";
import { region } from "../../../../test/support/local-aws.ts";
import { administrator, type Enforcing, startEnforcing } from "../gateway/enforcement/support.ts";
import { fetchSum } from "./metric-sums.ts";

describe("Usage metrics of DynamoDB and CloudWatch Logs", () => {
    let aws: Enforcing;
    let settings: { endpoint: string; region: string; credentials: typeof administrator };
    before(async () => {
        aws = await startEnforcing();
        settings = { endpoint: aws.url, region, credentials: administrator };
    });
    after(() => aws.discard());

    it("DynamoDB calls count read and write capacity units", async () => {
        const dynamo = new DynamoDBClient(settings);
        const TableName = "films";
        const key = (pk: string) => ({ pk: { S: pk } });
        await dynamo.send(
            new CreateTableCommand({
                TableName,
                BillingMode: "PAY_PER_REQUEST",
                AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
                KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
            }),
        );
        // An item of 2.1 KB needs three write units.
        await dynamo.send(new PutItemCommand({ TableName, Item: { ...key("a"), text: { S: "x".repeat(2100) } } }));
        await dynamo.send(
            new UpdateItemCommand({
                TableName,
                Key: key("b"),
                UpdateExpression: "ADD counted :one",
                ExpressionAttributeValues: { ":one": { N: "1" } },
            }),
        );
        await dynamo.send(new GetItemCommand({ TableName, Key: key("b") }));
        await dynamo.send(new GetItemCommand({ TableName, Key: key("b"), ConsistentRead: true }));
        await dynamo.send(new BatchGetItemCommand({ RequestItems: { [TableName]: { Keys: [key("a"), key("b")] } } }));
        await dynamo.send(
            new QueryCommand({
                TableName,
                KeyConditionExpression: "pk = :pk",
                ExpressionAttributeValues: { ":pk": { S: "b" } },
            }),
        );
        dynamo.destroy();
        const units = (kind: string) =>
            fetchSum(settings, "AWS/DynamoDB", `Consumed${kind}CapacityUnits`, { TableName: "films" });
        while ((await units("Read")) < 3) await sleep(100);
        assert.deepEqual([await units("Read"), await units("Write")], [3, 4]);
    });

    it("IncomingBytes counts 26 bytes for each log event", async () => {
        const logs = new CloudWatchLogsClient(settings);
        const names = { logGroupName: "use", logStreamName: "one" };
        await logs.send(new CreateLogGroupCommand(names));
        await logs.send(new CreateLogStreamCommand(names));
        const logEvents = ["four", "naïve"].map((message) => ({ message, timestamp: Date.now() }));
        await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
        logs.destroy();
        const sum = (name: string) => fetchSum(settings, "AWS/Logs", name, { LogGroupName: "use" });
        while ((await sum("IncomingLogEvents")) < 2) await sleep(100);
        assert.equal(await sum("IncomingBytes"), 4 + 6 + 2 * 26);
    });
});
