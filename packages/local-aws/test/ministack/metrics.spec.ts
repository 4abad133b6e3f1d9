import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { CloudWatch } from "@aws-sdk/client-cloudwatch";
import { CloudWatchLogs } from "@aws-sdk/client-cloudwatch-logs";
import { DynamoDB } from "@aws-sdk/client-dynamodb";
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
    let cloudWatch: CloudWatch;
    before(async () => {
        cloudWatch = aws.open(CloudWatch);
        await makeFunction(aws, false);
    });
    async function logged(text: string): Promise<void> {
        const Payload = JSON.stringify({ path: "/", headers: { "x-log": text } });
        const { FunctionError } = await aws.admin.lambda.invoke({ FunctionName: functionName, Payload });
        assert.equal(FunctionError, undefined);
    }
    async function statistics(MetricName: string, dimensions: Record<string, string>, Unit: "Count" | "Milliseconds") {
        const { Datapoints = [] } = await cloudWatch.getMetricStatistics({
            Namespace,
            MetricName,
            Unit,
            Period: 60,
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
            StartTime: new Date(moment - 120_000),
            EndTime: new Date(moment + 120_000),
            Statistics: ["Sum", "SampleCount", "Maximum"],
        });
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
            const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace: "Last" });
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
        const { Metrics = [] } = await cloudWatch.listMetrics({ Namespace });
        assert.equal(Metrics.length, 4);
    });

    it("DynamoDB calls count read and write capacity units", async () => {
        const dynamo = aws.open(DynamoDB);
        const TableName = "films";
        const key = (pk: string) => ({ pk: { S: pk } });
        await dynamo.createTable({
            TableName,
            BillingMode: "PAY_PER_REQUEST",
            AttributeDefinitions: [{ AttributeName: "pk", AttributeType: "S" }],
            KeySchema: [{ AttributeName: "pk", KeyType: "HASH" }],
        });
        // An item of 2.1 KB needs three write units.
        await dynamo.putItem({ TableName, Item: { ...key("a"), text: { S: "x".repeat(2100) } } });
        await dynamo.updateItem({
            TableName,
            Key: key("b"),
            UpdateExpression: "ADD counted :one",
            ExpressionAttributeValues: { ":one": { N: "1" } },
        });
        await dynamo.getItem({ TableName, Key: key("b") });
        await dynamo.getItem({ TableName, Key: key("b"), ConsistentRead: true });
        await dynamo.batchGetItem({ RequestItems: { [TableName]: { Keys: [key("a"), key("b")] } } });
        await dynamo.query({
            TableName,
            KeyConditionExpression: "pk = :pk",
            ExpressionAttributeValues: { ":pk": { S: "b" } },
        });
        const units = (kind: string) =>
            fetchSum(cloudWatch, "AWS/DynamoDB", `Consumed${kind}CapacityUnits`, { TableName: "films" });
        while ((await units("Read")) < 3) await sleep(100);
        assert.deepEqual([await units("Read"), await units("Write")], [3, 4]);
    });

    it("IncomingBytes counts 26 bytes for each log event", async () => {
        const logs = aws.open(CloudWatchLogs);
        const names = { logGroupName: "use", logStreamName: "one" };
        await logs.createLogGroup(names);
        await logs.createLogStream(names);
        const logEvents = ["four", "naïve"].map((message) => ({ message, timestamp: Date.now() }));
        await logs.putLogEvents({ ...names, logEvents });
        const sum = () => fetchSum(cloudWatch, "AWS/Logs", "IncomingBytes", { LogGroupName: "use" });
        while ((await sum()) === 0) await sleep(100);
        assert.equal(await sum(), 4 + 6 + 2 * 26);
    });
});
