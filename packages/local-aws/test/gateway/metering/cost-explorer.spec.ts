import assert from "node:assert/strict";
import { answerCostExplorer } from "../../../gateway/metering/cost-explorer.ts";
import type { Measure, UsageRecord } from "../../../gateway/metering/usage-types.ts";

const at = (text: string) => Date.parse(`${text}:00:00Z`);
const service = "Amazon Personalize";

const record = (time: string, measure: Measure, quantity: number, more: Partial<UsageRecord> = {}): UsageRecord => ({
    region: "eu-central-1",
    measure,
    usageType: `EUC1-${measure}`,
    resourceArn: "arn",
    tags: {},
    hour: at(time),
    quantity,
    unit: measure === "RecommendationTPSHours" ? "TPS-hours" : "Hours",
    ...more,
});

/** Usage on two days in November and in one hour of December. */
const records = [
    record("2026-11-28T10", "TrainingHours", 1),
    record("2026-11-28T10", "RecommendationTPSHours", 1, { tags: { stack: "dev" } }),
    record("2026-11-29T00", "RecommendationTPSHours", 2, { tags: { stack: "live" } }),
    record("2026-12-01T00", "RecommendationTPSHours", 4, { tags: { stack: "dev" } }),
];
const bill = {
    usage: ({ from, to }: { from: number; to: number }) => records.filter(({ hour }) => hour >= from && hour < to),
    now: () => at("2026-12-01T01"),
};
const period = { Start: "2026-11-28", End: "2026-12-02" };
const cost = ["UnblendedCost"];

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
function ask(input: object): any {
    const { status, body } = answerCostExplorer(bill, {
        ...{ TimePeriod: period, Metrics: cost, Granularity: "DAILY" },
        ...input,
    });
    return { status, ...JSON.parse(body) };
}
const amounts = (input: object) =>
    ask(input).ResultsByTime.map(
        // biome-ignore lint/suspicious/noExplicitAny: as above
        ({ Total }: any) => Number(Total.UnblendedCost.Amount),
    );

describe("answerCostExplorer of the local AWS", () => {
    it("GetCostAndUsage returns each day, also days without usage, and marks the current month as estimated", () => {
        assert.deepEqual(amounts({}), [0.44, 0.4, 0, 0.8]);
        const [first, , , last] = ask({}).ResultsByTime;
        assert.deepEqual(first.TimePeriod, { Start: "2026-11-28", End: "2026-11-29" });
        assert.deepEqual([first.Estimated, last.Estimated], [false, true]);
    });

    it("GetCostAndUsage groups by service and usage type", () => {
        const groups = (...keys: string[]) =>
            ask({ GroupBy: keys.map((Key) => ({ Type: "DIMENSION", Key })) })
                // biome-ignore lint/suspicious/noExplicitAny: as above
                .ResultsByTime[0].Groups.map(({ Keys, Metrics }: any) => [...Keys, Metrics.UnblendedCost.Amount]);
        assert.deepEqual(groups("SERVICE"), [[service, "0.44"]]);
        assert.deepEqual(groups("SERVICE", "USAGE_TYPE"), [
            [service, "EUC1-TrainingHours", "0.24"],
            [service, "EUC1-RecommendationTPSHours", "0.2"],
        ]);
    });

    it("GetCostAndUsage filters by dimension, tag and And", () => {
        const dimension = (Key: string, ...Values: string[]) => ({ Dimensions: { Key, Values } });
        const types = dimension("USAGE_TYPE", "EUC1-RecommendationTPSHours");
        const tagged = { Tags: { Key: "stack", Values: ["dev"] } };
        assert.deepEqual(amounts({ Filter: types }), [0.2, 0.4, 0, 0.8]);
        assert.deepEqual(amounts({ Filter: { And: [types, tagged] } }), [0.2, 0, 0, 0.8]);
        assert.deepEqual(amounts({ Filter: dimension("SERVICE", "Amazon Simple Storage Service") }), [0, 0, 0, 0]);
        assert.deepEqual(amounts({ Filter: dimension("REGION", "us-east-1") }), [0, 0, 0, 0]);
    });

    it("a sum of UsageQuantity over different units has the unit N/A", () => {
        const [day] = ask({ Metrics: ["UsageQuantity"] }).ResultsByTime;
        assert.deepEqual(day.Total.UsageQuantity, { Amount: "2", Unit: "N/A" });
    });

    const between = (Start: string, End: string) => ({ TimePeriod: { Start, End } });
    const wrong: [string, object, string, RegExp][] = [
        ["an invalid date", between("2026-02-30", "2026-12-01"), "ValidationException", /2026-02-30 is invalid/],
        ["no date", { TimePeriod: undefined }, "ValidationException", /Start time undefined is invalid/],
        ["an empty period", between("2026-11-28", "2026-11-28"), "ValidationException", /should be before end date/],
        ["a future start", between("2027-01-01", "2027-01-02"), "DataUnavailableException", /future/],
        ["another granularity", { Granularity: "MONTHLY" }, "ValidationException", /the Granularity MONTHLY/],
        ["an unknown metric", { Metrics: ["Fish"] }, "ValidationException", /the metric Fish/],
        ["an unknown group", { GroupBy: [{ Type: "TAG", Key: "a" }] }, "ValidationException", /the group type TAG/],
        ["an unknown filter", { Filter: { Or: [] } }, "ValidationException", /the filter Or/],
        ["a filter with two roots", { Filter: { And: [], Or: [] } }, "ValidationException", /exactly one root/],
    ];
    for (const [what, input, code, message] of wrong) {
        it(`GetCostAndUsage rejects ${what}`, () => {
            const answer = ask(input);
            assert.deepEqual([answer.status, answer.__type], [400, code]);
            assert.match(answer.message, message);
        });
    }
});
