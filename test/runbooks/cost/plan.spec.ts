import assert from "node:assert/strict";
import { estimateInput } from "../../../runbooks/lib/cost/plan.ts";
import { good } from "../../config/parsed.ts";

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
        const data = { interactions: 0, bytes: 0, batchUsers: 7 };
        const { alarmMetrics, batchUsers } = estimateInput(good({}), { deployment: { resources } }, data);
        assert.deepEqual([alarmMetrics, batchUsers], [4, 7]);
    });
});
