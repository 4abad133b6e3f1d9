import assert from "node:assert/strict";
import { collectMetrics } from "../../../gateway/metering/collect-metrics.ts";

const now = Date.UTC(2026, 10, 25, 12, 7);
const DatasetGroupArn = "arn:aws:personalize:eu-central-1:000000000000:dataset-group/films";
const resource = {
    ...{ id: 7, kind: "metric-attribution", region: "eu-central-1", arn: "arn", tags: {} },
    arns: { DatasetGroupArn },
};

describe("Metrics of metric attributions", () => {
    /** Returns the metrics that two values of an event are counted in; the event is `age` milliseconds old. */
    function counted(age: number) {
        const { count, take } = collectMetrics(() => now);
        for (const value of [1, 4]) {
            count({ event: "attributed", resource, at: now - age, metricName: "watches", source: "home_page", value });
        }
        return take().map(({ region, datum }) => ({ region, datum }));
    }

    it("`collectMetrics` returns a metric at most once in 5 seconds, and with `all` every value", () => {
        const { count, take } = collectMetrics(() => now);
        const add = () => count({ event: "attributed", resource, at: now, metricName: "a", source: "b", value: 1 });
        add();
        assert.equal(take().length, 1);
        add();
        assert.equal(take().length, 0);
        assert.equal(take({ all: true }).length, 1);
    });

    it("`collectMetrics` adds the values of events in 15-minute periods, with names and sources in upper case", () => {
        const dimensions = { EventAttributionSource: "HOME_PAGE", DatasetGroupArn };
        const Dimensions = Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value }));
        const Timestamp = new Date(Date.UTC(2026, 10, 25, 12));
        const StatisticValues = { SampleCount: 2, Sum: 5, Minimum: 1, Maximum: 4 };
        const datum = { MetricName: "WATCHES", Unit: "Count", Dimensions, Timestamp, StatisticValues };
        assert.deepEqual(counted(6 * 60_000), [{ region: "eu-central-1", datum }]);
    });

    it("`collectMetrics` ignores events that are 14 days old, or more than two hours in the future", () => {
        const hour = 3_600_000;
        assert.equal(counted(14 * 24 * hour - 1).length, 1);
        assert.deepEqual(counted(14 * 24 * hour), []);
        assert.equal(counted(-2 * hour).length, 1);
        assert.deepEqual(counted(-2 * hour - 1), []);
    });
});
