import assert from "node:assert/strict";
import type { GetMetricDataCommand, MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { fake } from "../../../../../test/support/fake.ts";
import { metricReads } from "../../../gateway/alarms/metric-reads.ts";

const query = (MetricName: string): MetricDataQuery => ({
    Id: "asked",
    MetricStat: { Metric: { Namespace: "Films", MetricName }, Period: 60, Stat: "Sum" },
});

/**
 * Returns a reader of metrics with a fake CloudWatch. The fake returns the length of a metric's name as its value, and
 * rejects a call that contains the metric `wrong`.
 */
function reader() {
    const calls: string[][] = [];
    const read = metricReads(
        fake<Parameters<typeof metricReads>[0]>({
            send: async ({ input: { MetricDataQueries = [], StartTime } }: GetMetricDataCommand) => {
                const names = MetricDataQueries.map(({ MetricStat }) => MetricStat?.Metric?.MetricName ?? "");
                calls.push(names);
                if (names.includes("wrong")) throw new Error("no such statistic");
                return {
                    MetricDataResults: MetricDataQueries.map(({ Id }, n) => ({
                        Id,
                        Timestamps: [StartTime],
                        Values: [names[n]?.length],
                    })),
                };
            },
        }),
    );
    return { calls, read: (name: string, from = 60_000) => read([query(name)], from, 120_000) };
}

describe("metricReads", () => {
    it("`metricReads` combines all reads with the same time range into one call", async () => {
        const { calls, read } = reader();
        const results = await Promise.all([read("Errors"), read("Calls"), read("Age", 0)]);
        assert.deepEqual(results, [
            [["asked", new Map([[60_000, 6]])]],
            [["asked", new Map([[60_000, 5]])]],
            [["asked", new Map([[0, 3]])]],
        ]);
        assert.deepEqual(calls, [["Errors", "Calls"], ["Age"]]);
    });

    it("a wrong query makes only its own read fail, and not the other reads in the call", async () => {
        const { calls, read } = reader();
        const [good, wrong] = await Promise.allSettled([read("Errors"), read("wrong")]);
        assert.deepEqual(good, { status: "fulfilled", value: [["asked", new Map([[60_000, 6]])]] });
        assert.match(String(wrong.status === "rejected" && wrong.reason), /no such statistic/);
        assert.equal(calls.length, 3);
        await assert.rejects(read("wrong"), /no such statistic/);
        assert.equal(calls.length, 4);
    });
});
