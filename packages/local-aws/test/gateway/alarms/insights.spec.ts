import assert from "node:assert/strict";
import { CloudWatchClient, PutMetricDataCommand } from "@aws-sdk/client-cloudwatch";
import { region } from "../../../../../test/support/local-aws.ts";
import { insights, isInsightsQuery } from "../../../gateway/alarms/insights.ts";
import { metricReads } from "../../../gateway/alarms/metric-reads.ts";
import type { Instance } from "../../../instance.ts";
import { discardInstance, startInstance } from "../../instances.ts";

describe("Metrics Insights queries on the local AWS", () => {
    let instance: Instance;
    let client: CloudWatchClient;
    const now = Math.floor(Date.now() / 60_000) * 60_000;
    before(async () => {
        instance = await startInstance();
        client = new CloudWatchClient({
            endpoint: `http://127.0.0.1:${instance.port}`,
            region,
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
        });
        const datum = (value: number, minutesAgo: number, dimensions: Record<string, string>) => ({
            MetricName: "Errors",
            Value: value,
            Timestamp: new Date(now - minutesAgo * 60_000),
            Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
        });
        const MetricData = [
            datum(1, 3, { Group: "films", Job: "one" }),
            datum(2, 3, { Group: "films", Job: "two" }),
            datum(4, 2, { Group: "films", Job: "two" }),
            datum(8, 3, { Group: "series", Job: "three" }),
            datum(16, 3, { Group: "films" }),
            datum(32, 3, { Group: "films", Job: "one", More: "x" }),
        ];
        await client.send(new PutMetricDataCommand({ Namespace: "Films/Jobs", MetricData }));
    });
    after(async () => {
        client?.destroy();
        await discardInstance(instance);
    });

    const ask = async (query: string) => {
        const times = { period: 60, from: now - 600_000, to: now + 60_000 };
        const series = await insights(client, metricReads(client), query, times);
        return [...series].map(([at, value]) => [(now - at) / 60_000, value]).sort();
    };
    const schema = 'SCHEMA("Films/Jobs", Group, Job)';

    it("a Metrics Insights query reads only metrics with exactly the dimensions in its SCHEMA", async () => {
        assert.deepEqual(await ask(`SELECT SUM(Errors) FROM ${schema} WHERE Group = 'films'`), [
            [2, 4],
            [3, 3],
        ]);
        assert.deepEqual(await ask(`SELECT MAX(Errors) FROM ${schema}`), [
            [2, 4],
            [3, 8],
        ]);
        assert.deepEqual(await ask(`SELECT MIN(Errors) FROM ${schema} WHERE Group = 'films' AND Job = 'two'`), [
            [2, 4],
            [3, 2],
        ]);
        assert.deepEqual(await ask(`SELECT SUM(Errors) FROM ${schema} WHERE Group = 'plays'`), []);
    });

    it("a Metrics Insights query with unsupported syntax is rejected", async () => {
        for (const query of [
            `SELECT AVG(Errors) FROM ${schema}`,
            `SELECT SUM(Errors) FROM ${schema} GROUP BY Job`,
            `SELECT SUM(Errors) FROM ${schema} WHERE Group != 'films'`,
            'SELECT SUM(Errors) FROM "Films/Jobs"',
        ]) {
            await assert.rejects(ask(query), /is not supported by the local AWS/, query);
            assert.ok(isInsightsQuery(query));
        }
        assert.ok(!isInsightsQuery("SELECTED / 2"));
    });
});
