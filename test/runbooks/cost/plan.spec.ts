import assert from "node:assert/strict";
import { estimateInput } from "../../../runbooks/lib/cost/plan.ts";
import { good } from "../../core/config/parsed.ts";

describe("`estimateInput` of a deployed stack", () => {
    it("`estimateInput` counts the metrics of all alarms in the stack's state", () => {
        const type = "aws:cloudwatch/metricAlarm:MetricAlarm";
        const metric = { metricName: "Count" };
        const resources = [
            { type, inputs: { metricName: "5XXError" } },
            { type, inputs: { metricQueries: [{ expression: "a / b" }, { metric }, { metric }] } },
            { type, inputs: { metricQueries: [{ expression: "SELECT SUM(errors) FROM jobs" }] } },
            { type: "aws:cloudwatch/dashboard:Dashboard", inputs: {} },
        ];
        const data = { interactions: 7, bytes: 0 };
        const { alarmMetrics, interactions } = estimateInput(good({}), { deployment: { resources } }, data);
        assert.deepEqual([alarmMetrics, interactions], [4, 7]);
    });
});
