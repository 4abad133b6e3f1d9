import assert from "node:assert/strict";
import { computeCosts, monthStart } from "../../../gateway/metering/cost.ts";
import type { Measure, UsageRecord } from "../../../gateway/metering/usage-types.ts";

const november = Date.UTC(2026, 10);
const record = (measure: Measure, quantity: number, hour = november): UsageRecord => ({
    region: "eu-central-1",
    measure,
    usageType: measure,
    resourceArn: "arn",
    tags: {},
    hour,
    quantity,
    unit: "",
});
const usd = (...records: UsageRecord[]) =>
    Number(
        computeCosts(records)
            .reduce((sum, { usd }) => sum + usd, 0)
            .toFixed(6),
    );

describe("computeCosts", () => {
    it("computeCosts multiplies usage by the price of one unit", () => {
        assert.equal(usd(record("RecommendationTPSHours", 720)), 144);
        // A campaign of a v2 recipe is billed for at least 3,600 requests an hour.
        assert.equal(usd(record("RecommendationRequests", 3.6 * 720)), 388.8);
        assert.equal(usd(record("TrainingHours", 2.1)), 0.504);
        assert.equal(usd(record("TrainingInteractions", 5000)), 10);
        assert.equal(usd(record("DataIngestion", 2)), 0.1);
    });

    it("computeCosts applies the price tiers of a month's TPS-hours, however the usage is divided into records", () => {
        const whole = 20_000 * 0.2 + 180_000 * 0.1 + 1000 * 0.05;
        assert.equal(usd(record("RecommendationTPSHours", 201_000)), whole);
        const parts = [15_000, 10_000, 175_500, 500].map((part) => record("RecommendationTPSHours", part));
        assert.equal(usd(...parts), whole);
        const december = record("RecommendationTPSHours", 100, monthStart(november, 1));
        assert.equal(usd(...parts, december), whole + 20);
    });

    it("monthStart uses months of UTC", () => {
        assert.equal(monthStart(Date.UTC(2026, 11, 31, 23, 59)), Date.UTC(2026, 11));
        assert.equal(monthStart(Date.UTC(2026, 11, 5), 1), Date.UTC(2027, 0));
    });
});
