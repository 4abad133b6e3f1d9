import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatchClient, GetMetricStatisticsCommand, ListMetricsCommand } from "@aws-sdk/client-cloudwatch";
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
import { InvokeCommand } from "@aws-sdk/client-lambda";
import { useEnforcing } from "../gateway/enforcement/support.ts";
import { fetchSum } from "./metric-sums.ts";
import { functionName, makeFunction } from "./rest-apis/support.ts";

const Namespace = "Films/Test";
const moment = Date.now() - 60_000;

const line = (more: object = {}, about: object = {}) =>
    JSON.stringify({
        _aws: {
            Timestamp: moment,
            CloudWatchMetrics: [
                {
                    Namespace,
                    Dimensions: [["Stack"], ["Stack", "Source"]],
                    Metrics: [
                        { Name: "Requests", Unit: "Count" },
                        { Name: "LatencyMs", Unit: "Milliseconds" },
                    ],
                },
            ],
            ...about,
        },
        Stack: "dev",
        Source: "cache",
        Requests: 1,
        LatencyMs: [2, 4, 9.5],
        ...more,
    });

describe("Embedded metric format in Lambda logs, and usage metrics of DynamoDB and CloudWatch Logs", () => {
    const aws = useEnforcing();
    let cloudWatch: CloudWatchClient;
    before(async () => {
        cloudWatch = aws.open(CloudWatchClient);
        await makeFunction(aws, false);
    });
    async function logged(text: string): Promise<void> {
        const Payload = JSON.stringify({ path: "/", headers: { "x-log": text } });
        const { FunctionError } = await aws.admin.lambda.send(
            new InvokeCommand({ FunctionName: functionName, Payload }),
        );
        assert.equal(FunctionError, undefined);
    }
    async function statistics(MetricName: string, dimensions: Record<string, string>, Unit: "Count" | "Milliseconds") {
        const { Datapoints = [] } = await cloudWatch.send(
            new GetMetricStatisticsCommand({
                Namespace,
                MetricName,
                Unit,
                Period: 60,
                Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
                StartTime: new Date(moment - 120_000),
                EndTime: new Date(moment + 120_000),
                Statistics: ["Sum", "SampleCount", "Maximum"],
            }),
        );
        return Datapoints.map(({ Sum, SampleCount, Maximum }) => [Sum, SampleCount, Maximum]);
    }
    /** Waits until CloudWatch has read a log line that is later than all lines of the test. */
    async function untilRead(): Promise<void> {
        await logged(
            line(
                { Stack: "last", Last: 1 },
                { CloudWatchMetrics: [{ Namespace: "Last", Dimensions: [[]], Metrics: [{ Name: "Last" }] }] },
            ),
        );
        for (;;) {
            const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace: "Last" }));
            if (Metrics.length > 0) return;
            await sleep(20);
        }
    }

    it("a log line adds a value to each metric for each dimension set, and an invalid line adds no values", async () => {
        await logged(line());
        const wrong = [
            line({ Requests: "7" }),
            line({ LatencyMs: [1, null] }),
            line({ Stack: 5 }),
            line({}, { Timestamp: "today" }),
            line({}, { Timestamp: moment - 15 * 24 * 3_600_000 }),
            line({}, { CloudWatchMetrics: [{ Namespace, Dimensions: [["Nobody"]], Metrics: [{ Name: "Requests" }] }] }),
            line({}, { CloudWatchMetrics: "all" }),
            line().slice(0, -1),
            '{"_aws":null}',
        ];
        for (const each of wrong) {
            await logged(each);
        }
        await untilRead();
        assert.deepEqual(await statistics("Requests", { Stack: "dev" }, "Count"), [[1, 1, 1]]);
        assert.deepEqual(await statistics("LatencyMs", { Stack: "dev" }, "Milliseconds"), [[15.5, 3, 9.5]]);
        assert.deepEqual(await statistics("LatencyMs", { Stack: "dev", Source: "cache" }, "Milliseconds"), [
            [15.5, 3, 9.5],
        ]);
        assert.deepEqual(await statistics("LatencyMs", { Source: "cache" }, "Milliseconds"), []);
        const { Metrics = [] } = await cloudWatch.send(new ListMetricsCommand({ Namespace }));
        assert.equal(Metrics.length, 4);
    });

    it("DynamoDB calls count read and write capacity units", async () => {
        const dynamo = aws.open(DynamoDBClient);
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
        const units = (kind: string) =>
            fetchSum(cloudWatch, "AWS/DynamoDB", `Consumed${kind}CapacityUnits`, { TableName: "films" });
        while ((await units("Read")) < 3) await sleep(100);
        assert.deepEqual([await units("Read"), await units("Write")], [3, 4]);
    });

    it("IncomingBytes counts 26 bytes for each log event", async () => {
        const logs = aws.open(CloudWatchLogsClient);
        const names = { logGroupName: "use", logStreamName: "one" };
        await logs.send(new CreateLogGroupCommand(names));
        await logs.send(new CreateLogStreamCommand(names));
        const logEvents = ["four", "naïve"].map((message) => ({ message, timestamp: Date.now() }));
        await logs.send(new PutLogEventsCommand({ ...names, logEvents }));
        const sum = (name: string) => fetchSum(cloudWatch, "AWS/Logs", name, { LogGroupName: "use" });
        while ((await sum("IncomingLogEvents")) < 2) await sleep(100);
        assert.equal(await sum("IncomingBytes"), 4 + 6 + 2 * 26);
    });
});
