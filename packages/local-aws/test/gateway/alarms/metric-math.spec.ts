import assert from "node:assert/strict";
import { metricMath } from "../../../gateway/alarms/metric-math.ts";

const periods = [1, 2, 3, 4];
const series = (...values: (number | undefined)[]) =>
    new Map(values.flatMap((value, n): [number, number][] => (value === undefined ? [] : [[n + 1, value]])));
const fetched = new Map([
    ["errors", series(1, undefined, 3, 0)],
    ["calls", series(10, 20, undefined, 0)],
    ["slow", series(undefined, 5)],
]);

/** Returns an expression's values by period, with `-` for a missing value. */
function values(expression: string): (number | "-")[] {
    const computed = metricMath(expression, fetched, periods);
    return periods.map((at) => computed.get(at) ?? "-");
}

describe("CloudWatch metric math on the local AWS", () => {
    const cases: [string, (number | "-")[]][] = [
        ["7", [7, 7, 7, 7]],
        ["100 * errors / calls", [10, "-", "-", "-"]],
        ["1 + 2 * 3 - 4 / 2", [5, 5, 5, 5]],
        ["(1 + 2) * 3", [9, 9, 9, 9]],
        ["10 - 4 - 3", [3, 3, 3, 3]],
        ["1.5e1*errors", [15, "-", 45, 0]],
        ["errors > 0", [1, "-", 1, 0]],
        ["errors >= 1", [1, "-", 1, 0]],
        ["errors != 3", [1, "-", 0, 1]],
        ["errors + 1 == 4", [0, "-", 1, 0]],
        ["IF(errors > 2, 10, errors)", [1, "-", 10, 0]],
        ["IF(calls >= 20, errors, 7)", [7, "-", "-", 7]],
        ["FILL(errors, 0)", [1, 0, 3, 0]],
        ["FILL(errors, 0) / FILL(calls, 1)", [0.1, 0, 3, "-"]],
        ["SUM([errors, slow])", [1, 5, 3, 0]],
        ["SUM([FILL(errors,0), FILL(slow,0)])", [1, 5, 3, 0]],
    ];
    for (const [expression, expected] of cases) {
        it(`the metric math expression ${expression} returns ${expected.join(" ")}`, () =>
            assert.deepEqual(values(expression), expected));
    }

    const wrong: [string, RegExp][] = [
        ["errors +", /"errors \+": it ends too early/],
        ["errors calls", /"calls" is not expected here/],
        ["(errors", /"\)" is missing at its end/],
        ["nothing * 2", /there is no metric with id nothing/],
        ["ANOMALY_DETECTION_BAND(errors, 2)", /the function ANOMALY_DETECTION_BAND is not supported by the local AWS/],
        ["IF(errors > 1, 2)", /the arguments of IF are invalid/],
        ["[errors] * 2", /"\*" accepts only numbers and single series/],
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
