import assert from "node:assert/strict";
import {
    approximately,
    autoTrainingUsdPerMonth,
    batchUsd,
    campaignUsdPerHour,
    campaignUsdPerMonth,
    ingestionUsd,
    isV2,
    prices,
    storageUsdPerMonth,
    trainingUsd,
} from "../../../core/config/prices.ts";

const v1 = "aws-user-personalization";
const v2 = "aws-user-personalization-v2";
const near = (actual: number, expected: number) =>
    assert.ok(Math.abs(actual - expected) < 0.005, `${actual} is not ${expected}`);

describe("Prices", () => {
    for (const [name, price] of Object.entries(prices)) {
        it(`the price ${name} has unit, region, source and date, and is unverified`, () => {
            assert.ok(price.usd > 0);
            for (const text of [price.unit, price.region, price.source]) assert.notEqual(text, "");
            assert.match(price.date, /^20\d\d-\d\d$/);
            assert.equal(price.verified, false);
        });
    }
});

describe("Campaign price", () => {
    it("an idle campaign costs $146 a month at 1 TPS, and $394 with a v2 recipe", () => {
        near(campaignUsdPerHour(v1, 1), 0.2);
        near(campaignUsdPerMonth(v1, 1), 146);
        near(campaignUsdPerHour(v2, 1), 0.54);
        near(campaignUsdPerMonth(v2, 1), 394.2);
    });

    it("the campaign's price is proportional to its minimum TPS, and at least 1 TPS is billed", () => {
        near(campaignUsdPerMonth(v1, 5), 5 * 146);
        near(campaignUsdPerMonth(v2, 5), 5 * 394.2);
        near(campaignUsdPerMonth(v1, 0), 146);
    });

    it("the campaign's price falls beyond 20,000 and 200,000 TPS-hours a month", () => {
        near(campaignUsdPerMonth(v1, 100), 20_000 * 0.2 + 53_000 * 0.1);
        near(campaignUsdPerMonth(v1, 1000), 20_000 * 0.2 + 180_000 * 0.1 + 530_000 * 0.05);
    });

    it("`isV2` recognizes v2 recipes by name or ARN, and returns false for AutoML", () => {
        assert.deepEqual([v1, v2, `arn:aws:personalize:::recipe/${v2}`, undefined].map(isV2), [
            false,
            true,
            true,
            false,
        ]);
    });
});

describe("Training price", () => {
    it("a training with a v2 recipe is billed by interactions: $10 for 5 million", () => {
        assert.deepEqual(trainingUsd(v2, { interactions: 5_000_000 }), { low: 10, high: 10 });
    });

    it("batch inference has the range of the quoted prices, and one price with a v2 recipe", () => {
        assert.deepEqual(batchUsd(v1, 1000), { low: 0.067, high: 0.086 });
        assert.deepEqual(batchUsd(v2, 1000), { low: 0.15, high: 0.15 });
    });

    it("a training without a v2 recipe is billed by hours, with an estimated range", () => {
        const guessed = trainingUsd(v1, { interactions: 100_000 });
        near(guessed.low, 1.07 * 0.24);
        near(guessed.high, 2.1 * 0.24);
        const more = trainingUsd(v1, { interactions: 1_000_000 });
        near(more.low, guessed.low);
        near(more.high, guessed.high * 10);
        const exact = trainingUsd(v1, { interactions: 100_000, trainingHours: 1.07 });
        assert.equal(exact.low, exact.high);
        near(exact.low, 0.2568);
    });

    it("weekly automatic training costs $43 a month with a v2 recipe and 5 million interactions", () => {
        const { low, high } = autoTrainingUsdPerMonth(v2, 5_000_000, 7);
        assert.equal(Math.round(low), 43);
        assert.equal(low, high);
        near(autoTrainingUsdPerMonth(v2, 5_000_000, 1).low, low * 7);
    });
});

describe("Data price", () => {
    it("import and storage are billed by GB", () => {
        near(ingestionUsd(20 * 1024 ** 3), 1);
        near(storageUsdPerMonth("s3Storage", 100 * 1024 ** 3), 2.3);
        near(storageUsdPerMonth("logStorage", 100 * 1024 ** 3), 3);
    });
});

describe("`approximately`", () => {
    for (const [sum, text] of [
        [146, "≈ $146"],
        [12_345.6, "≈ $12,346"],
        [0.2, "≈ $0.20"],
        [0, "≈ $0.00"],
        [0.0001, "≈ less than $0.01"],
        [{ low: 0.2568, high: 0.504 }, "≈ $0.26 to $0.50"],
        [{ low: 10, high: 10.2 }, "≈ $10"],
    ] as const) {
        it(`\`approximately\` returns ${text} for a sum in US dollars`, () => assert.equal(approximately(sum), text));
    }
});
