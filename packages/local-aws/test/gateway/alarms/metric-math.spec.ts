import assert from "node:assert/strict";
import type { MetricDataQuery } from "@aws-sdk/client-cloudwatch";
import { computeSeries } from "../../../gateway/alarms/datapoints.ts";

const periods = [1, 2, 3, 4];
const series = (...values: (number | undefined)[]) =>
    new Map(values.flatMap((value, n): [number, number][] => (value === undefined ? [] : [[n + 1, value]])));
const fetched = new Map([
    ["errors", series(1, undefined, 3, 0)],
    ["calls", series(10, 20, undefined, 0)],
    ["slow", series(undefined, 5)],
]);
const metric = (Id: string): MetricDataQuery => ({ Id, MetricStat: { Metric: {}, Period: 60, Stat: "Sum" } });
const queries = [...fetched.keys()].map(metric);

/** Returns an expression's values by period, with `-` for a missing value. */
function values(Expression: string, others: MetricDataQuery[] = []): (number | "-")[] {
    const computedSeries = computeSeries(
        "asked",
        [...queries, ...others, { Id: "asked", Expression }],
        fetched,
        periods,
    );
    return periods.map((at) => computedSeries.get(at) ?? "-");
}

describe("CloudWatch metric math on the local AWS", () => {
    const cases: [string, (number | "-")[]][] = [
        ["errors", [1, "-", 3, 0]],
        ["7", [7, 7, 7, 7]],
        ["100 * errors / calls", [10, "-", "-", "-"]],
        ["1 + 2 * 3 - 4 / 2", [5, 5, 5, 5]],
        ["(1 + 2) * 3", [9, 9, 9, 9]],
        ["10 - 4 - 3", [3, 3, 3, 3]],
        ["-errors + 5", [4, "-", 2, 5]],
        ["1.5e1*errors", [15, "-", 45, 0]],
        ["errors > 0", [1, "-", 1, 0]],
        ["errors >= 1", [1, "-", 1, 0]],
        ["errors != 3", [1, "-", 0, 1]],
        ["errors + 1 == 4", [0, "-", 1, 0]],
        ["IF(errors > 2, 10, errors)", [1, "-", 10, 0]],
        ["IF(calls >= 20, errors, -1)", [-1, "-", "-", -1]],
        ["FILL(errors, 0)", [1, 0, 3, 0]],
        ["FILL(errors, REPEAT)", [1, 1, 3, 0]],
        ["FILL(slow, calls)", [10, 5, "-", 0]],
        ["FILL(errors, 0) / FILL(calls, 1)", [0.1, 0, 3, "-"]],
        ["SUM(METRICS())", [11, 25, 3, 0]],
        ['SUM(METRICS("l"))', [10, 25, "-", 0]],
        ["SUM([errors, slow])", [1, 5, 3, 0]],
        ["MAX([errors, calls])", [10, 20, 3, 0]],
        ["MIN([errors, calls])", [1, 20, 3, 0]],
        ["AVG([errors, calls])", [5.5, 20, 3, 0]],
        ["SUM(errors)", [4, 4, 4, 4]],
        ["errors / MAX(errors)", [1 / 3, "-", 1, 0]],
        ["SUM([FILL(errors,0), FILL(slow,0)])", [1, 5, 3, 0]],
    ];
    for (const [expression, expected] of cases) {
        it(`the metric math expression ${expression} returns ${expected.join(" ")}`, () =>
            assert.deepEqual(values(expression), expected));
    }

    it("an expression can refer to another expression, and a circular reference is rejected", () => {
        assert.deepEqual(values("2 * rate", [{ Id: "rate", Expression: "errors / calls" }]), [0.2, "-", "-", "-"]);
        assert.deepEqual(values("SUM(METRICS())", [{ Id: "rate", Expression: "errors / calls" }]), [11, 25, 3, 0]);
        const circle = [{ Id: "rate", Expression: "asked + 1" }];
        assert.throws(() => values("rate + 1", circle), /refers to itself/);
    });

    const wrong: [string, RegExp][] = [
        ["errors +", /"errors \+": it ends too early/],
        ["errors calls", /"calls" is not expected here/],
        ["(errors", /"\)" is missing at its end/],
        ["nothing * 2", /there is no metric or expression with id nothing/],
        ["ANOMALY_DETECTION_BAND(errors, 2)", /the function ANOMALY_DETECTION_BAND is not supported by the local AWS/],
        ["IF(errors > 1, 2)", /the arguments of IF are invalid/],
        ["METRICS() * 2", /"\*" accepts only numbers and single series/],
        ["[errors, calls]", /it is not a single series/],
        ["constructor(errors)", /the function constructor is not supported/],
        ["errors ; calls", /";" is not expected here/],
    ];
    for (const [expression, message] of wrong) {
        it(`the expression ${expression} is rejected with a message that contains the expression`, () => {
            assert.throws(
                () => values(expression),
                (error: Error) => message.test(error.message) && error.message.includes(`metric math "${expression}"`),
            );
        });
    }
});
