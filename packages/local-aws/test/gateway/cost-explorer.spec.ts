import assert from "node:assert/strict";
import { CostExplorer } from "@aws-sdk/client-cost-explorer";
import type { UsageRecord } from "../../../local-personalize/emulator.ts";
import type { Measure } from "../../../local-personalize/metering/usage-types.ts";
import { campaignArn, filmsBucket, openFilmsService } from "../../../local-personalize/test/films-service.ts";
import { answerCostExplorer } from "../../gateway/cost-explorer.ts";
import { startPersonalize } from "./support.ts";

const hour = 3_600_000;
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
const metered = {
    usage: ({ from, to }: { from: number; to: number }) => records.filter(({ hour }) => hour >= from && hour < to),
    clock: { now: () => at("2026-12-01T01"), ahead: () => 0 },
};
const period = { Start: "2026-11-28", End: "2026-12-02" };
const cost = ["UnblendedCost"];

// biome-ignore lint/suspicious/noExplicitAny: each test reads different members of the JSON document
function ask(input: object): any {
    const { status, body } = answerCostExplorer(metered, {
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

describe("Cost Explorer client of the AWS SDK", () => {
    it("the AWS SDK's Cost Explorer client reads $144 for a campaign of 720 hours", async () => {
        const { service: before, bucket } = await openFilmsService(filmsBucket());
        await before.stop();
        const local = await startPersonalize({ access: bucket.access, dataDir: before.dataDir });
        const client = new CostExplorer({
            endpoint: `http://127.0.0.1:${local.port}`,
            region: "us-east-1",
            credentials: { accessKeyId: "test", secretAccessKey: "test" },
        });
        try {
            local.emulator.advance(720 * hour);
            const day = (offset: number) =>
                new Date(local.emulator.clock.now() + offset * 24 * hour).toISOString().slice(0, 10);
            const { ResultsByTime = [] } = await client.getCostAndUsage({
                TimePeriod: { Start: day(-31), End: day(1) },
                Granularity: "DAILY",
                Metrics: ["UnblendedCost", "UsageQuantity"],
                GroupBy: [{ Type: "DIMENSION", Key: "USAGE_TYPE" }],
            });
            assert.equal(ResultsByTime.length, 32);
            const campaign = ResultsByTime.flatMap(({ Groups = [] }) => Groups).filter(
                ({ Keys }) => Keys?.[0] === "EUC1-RecommendationTPSHours",
            );
            const usd = campaign.reduce((sum, { Metrics }) => sum + Number(Metrics?.UnblendedCost?.Amount), 0);
            // 720 hours at $0.20, plus the seconds for which this test runs.
            assert.ok(usd >= 144 && usd < 144.01, String(usd));
            assert.equal(campaign[5]?.Metrics?.UsageQuantity?.Unit, "TPS-hours");
            await assert.rejects(
                client.getCostAndUsage({
                    TimePeriod: { Start: day(2), End: day(3) },
                    Granularity: "DAILY",
                    Metrics: ["UnblendedCost"],
                }),
                { name: "DataUnavailableException" },
            );
            assert.ok(
                local.emulator
                    .usage({ from: 0, to: Number.MAX_SAFE_INTEGER })
                    .some(({ resourceArn }) => resourceArn === campaignArn),
            );
        } finally {
            client.destroy();
            await local.discard();
        }
    });
});
