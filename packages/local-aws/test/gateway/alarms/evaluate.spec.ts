import assert from "node:assert/strict";
import type { MetricAlarm } from "@aws-sdk/client-cloudwatch";
import { itemAt } from "../../../../../test/support/item-at.ts";
import { type AlarmState, evaluateAlarm } from "../../../gateway/alarms/evaluate.ts";

const minute = 60_000;
const now = Date.UTC(2026, 10, 25, 17, 30, 20);
const alarm: MetricAlarm = {
    AlarmName: "films",
    ComparisonOperator: "GreaterThanThreshold",
    Threshold: 10,
    EvaluationPeriods: 3,
    Period: 60,
    Statistic: "Sum",
    StateValue: "INSUFFICIENT_DATA",
};

/**
 * Parses datapoints in the notation of AWS's documentation: 0 is within the threshold, X breaches it, and - is missing.
 */
function drawn(picture: string, period = minute): Map<number, number> {
    const marks = picture.split(" ");
    const end = Math.floor(now / period) * period;
    return new Map(
        marks.flatMap((mark, n): [number, number][] => {
            const at = end - (marks.length - n) * period;
            return mark === "-" ? [] : [[at, mark === "X" ? 11 : 10]];
        }),
    );
}

const stateOf = (changes: Partial<MetricAlarm>, picture: string) =>
    evaluateAlarm({ ...alarm, ...changes }, drawn(picture), now).state;

/** The expected state; "retained" means that the alarm keeps its state. */
type Expected = AlarmState | "retained";

describe("evaluateAlarm of the local AWS", () => {
    const treatments = ["missing", "ignore", "breaching", "notBreaching"];
    // CloudWatch User Guide, "Configuring how CloudWatch alarms treat missing data", as of 2026-11.
    const tables: [needed: number, rows: [string, ...Expected[]][]][] = [
        [
            3,
            [
                ["0 - X - X", "OK", "OK", "OK", "OK"],
                ["0 - - - -", "OK", "OK", "OK", "OK"],
                ["- - - - -", "INSUFFICIENT_DATA", "retained", "ALARM", "OK"],
                ["0 X X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
                ["- - X - -", "ALARM", "retained", "ALARM", "OK"],
                // CloudWatch User Guide, "Avoiding premature transitions to alarm state"
                ["- - - - X", "retained", "retained", "ALARM", "OK"],
                ["- - - X -", "retained", "retained", "ALARM", "OK"],
                ["- - - X 0", "OK", "OK", "OK", "OK"],
            ],
        ],
        [
            2,
            [
                ["0 - X - X", "ALARM", "ALARM", "ALARM", "ALARM"],
                ["0 0 X 0 X", "ALARM", "ALARM", "ALARM", "ALARM"],
                ["0 - X - -", "OK", "OK", "ALARM", "OK"],
                ["- - - - 0", "OK", "OK", "ALARM", "OK"],
                ["- - - X -", "ALARM", "retained", "ALARM", "OK"],
            ],
        ],
    ];
    for (const [DatapointsToAlarm, rows] of tables) {
        for (const [picture, ...expected] of rows) {
            it(`datapoints "${picture}" with ${DatapointsToAlarm} of 3 datapoints to alarm give ${expected.join(", ")}`, () => {
                for (const [n, TreatMissingData] of treatments.entries()) {
                    const wanted = itemAt(expected, n);
                    const states: readonly AlarmState[] =
                        wanted === "retained" ? ["OK", "ALARM", "INSUFFICIENT_DATA"] : ["OK"];
                    for (const StateValue of states) {
                        const state = stateOf({ DatapointsToAlarm, TreatMissingData, StateValue }, picture);
                        assert.equal(state, wanted === "retained" ? StateValue : wanted, TreatMissingData);
                    }
                }
            });
        }
    }

    it("each comparison operator treats a value equal to the threshold as CloudWatch does", () => {
        const at = (value: number, ComparisonOperator: MetricAlarm["ComparisonOperator"]) =>
            evaluateAlarm(
                { ...alarm, EvaluationPeriods: 1, ComparisonOperator },
                new Map([...drawn("X").keys()].map((key) => [key, value])),
                now,
            ).state;
        const alarming = (operator: MetricAlarm["ComparisonOperator"]) =>
            [9, 10, 11].filter((value) => at(value, operator) === "ALARM");
        assert.deepEqual(alarming("GreaterThanThreshold"), [11]);
        assert.deepEqual(alarming("GreaterThanOrEqualToThreshold"), [10, 11]);
        assert.deepEqual(alarming("LessThanThreshold"), [9]);
        assert.deepEqual(alarming("LessThanOrEqualToThreshold"), [9, 10]);
        assert.throws(() => at(1, "GreaterThanUpperThreshold"), /films: the local AWS does not evaluate GreaterThanU/);
    });

    it("a period in progress changes an alarm to ALARM only if later data cannot change the result", () => {
        const one = { EvaluationPeriods: 1, TreatMissingData: "notBreaching" };
        const running = (period: number) => new Map([[Math.floor(now / period) * period, 11]]);
        assert.equal(evaluateAlarm({ ...alarm, ...one }, running(minute), now).state, "OK");
        assert.equal(evaluateAlarm({ ...alarm, ...one, Period: 3600 }, running(60 * minute), now).state, "ALARM");
        const tooLow = { ...alarm, ...one, Period: 3600, ComparisonOperator: "LessThanThreshold" as const };
        const low = new Map([[Math.floor(now / (60 * minute)) * 60 * minute, 1]]);
        assert.equal(evaluateAlarm(tooLow, low, now).state, "OK", "what is too low may still rise");
    });

    it("evaluateAlarm returns the reason for the state in CloudWatch's words", () => {
        const { state, reason } = evaluateAlarm(alarm, drawn("0 X X X"), now);
        assert.equal(state, "ALARM");
        assert.equal(
            reason,
            "Threshold Crossed: 3 out of the last 3 datapoints [11 (2026-11-25T17:27:00Z), 11 (2026-11-25T17:28:00Z), " +
                "11 (2026-11-25T17:29:00Z)] was greater than the threshold (10) (minimum 3 datapoints for ALARM).",
        );
        const none = (TreatMissingData: string) => evaluateAlarm({ ...alarm, TreatMissingData }, new Map(), now).reason;
        assert.equal(none("missing"), "Insufficient Data: 3 datapoints were unknown.");
        assert.match(none("breaching"), /no datapoints .* 3 missing datapoints were treated as \[Breaching\]\.$/);
    });
});
