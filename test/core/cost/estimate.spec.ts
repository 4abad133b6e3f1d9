import assert from "node:assert/strict";
import fc from "fast-check";
import { keysOf } from "../../../core/config/records.ts";
import { defaultLimitUsd, estimate } from "../../../core/cost/estimate.ts";
import type { PlannedStack } from "../../../core/cost/planned-stack.ts";
import { plannedStack as plan } from "../../support/planned-stack.ts";

const line = (given: Partial<PlannedStack>, what: string) =>
    estimate({ ...plan, ...given }).monthly.find((each) => each.what.startsWith(what));
const near = (actual: number | undefined, expected: number) =>
    assert.ok(actual !== undefined && Math.abs(actual - expected) < 0.005, `${actual} is not ${expected}`);

describe("Monthly estimate", () => {
    it("the estimate contains an idle campaign's minimum TPS, also with a v2 recipe", () => {
        near(line({}, "campaign")?.idle.high, 146);
        near(line({ minProvisionedTPS: 3 }, "campaign")?.idle.high, 438);
        near(line({ recipe: "aws-user-personalization-v2" }, "campaign")?.idle.high, 394.2);
    });

    it("the estimate contains requests above the minimum TPS", () => {
        near(line({ expectedRequestsPerDay: 20 * 86_400 }, "campaign")?.expected.high, 2920);
        near(line({ expectedRequestsPerDay: 20 * 86_400 }, "campaign")?.idle.high, 146);
        near(
            line({ expectedRequestsPerDay: 2 * 86_400, recipe: "aws-user-personalization-v2" }, "campaign")?.expected
                .high,
            788.4,
        );
    });

    it("with an API, the estimate omits campaign requests that caches answer", () => {
        const api = { api: true, edge: true, expectedRequestsPerDay: 100 * 86_400 };
        // Of 38 requests for lists per second, 16 % call the campaign: 6.08 TPS.
        near(line(api, "campaign")?.expected.high, 6.08 * 730 * 0.2);
        near(line({ expectedRequestsPerDay: 100 * 86_400 }, "campaign")?.expected.high, 20_000 * 0.2 + 53_000 * 0.1);
        assert.equal(line(api, "API and its table")?.idle.high, 0);
        assert.ok((line(api, "page and API at the edge")?.expected.high ?? 0) > 0);
        assert.equal(line({ ...api, edge: false }, "page and API at the edge"), undefined);
        assert.equal(line({}, "API and its table"), undefined);
    });

    it("the cost of an API with 100 requests a second equals a calculation by hand", () => {
        const api = { api: true, edge: true, traces: true, region: "us-east-1", expectedRequestsPerDay: 100 * 86_400 };
        /** A million seconds: a month of 730 hours has 2.628 of them. CloudFront answers 54 of 100 requests. */
        const month = 2.628;
        const [requests, kbPerGb] = [46 * month, 1024 ** 2];
        const usd =
            requests * (3.5 + 0.2 + 0.5 * 0.01 * 13.3334) +
            (38 * 0.67 + 2) * month * 0.125 +
            (6.08 * 3 + 2) * month * 0.625 +
            ((requests * 1e6) / kbPerGb) * 0.5 +
            46 * month * 5 +
            ((2 * month * 1e6 * 0.25) / kbPerGb) * 0.05;
        near(line(api, "API and its table")?.expected.high, usd);
        const gb = (perSecond: number) => (perSecond * month * 1e6 * 3) / kbPerGb;
        near(line(api, "page and API at the edge")?.expected.high, 100 * month + gb(100) * 0.085);
        const without = line({ ...api, edge: false, traces: false }, "API and its table")?.expected.high ?? 0;
        assert.ok(without > 100 * month * 3.7 + gb(100) * 0.09, `${without}`);
    });

    it("the estimate without a campaign still contains all other lines", () => {
        const without = estimate({ ...plan, hasCampaign: false });
        assert.ok(without.monthly.every(({ what }) => !what.startsWith("campaign")));
        near(estimate(plan).expectedUsd - without.expectedUsd, 146);
    });

    it("the estimate of automatic training ranges from the lowest to the highest possible monthly price", () => {
        const weekly = line({ autoTrainingDays: 7 }, "automatic training");
        near(weekly?.expected.low, 1.07 * 0.24 * (730 / 24 / 7));
        near(weekly?.expected.high, 2.1 * 0.24 * (730 / 24 / 7));
    });

    it("the one-time cost contains an import and a training", () => {
        const [ingestion, training] = estimate({ ...plan, recipe: "aws-user-personalization-v2" }).once;
        near(ingestion?.usd.high, (2_000_000 / 1024 ** 3) * 0.05);
        assert.deepEqual(training?.usd, { low: 0.2, high: 0.2 });
    });

    it("the price of logs depends on the region, and CloudTrail's price is a range", () => {
        const traffic = { api: true, expectedRequestsPerDay: 1_000_000 };
        const usd = (region: string) => line({ ...traffic, region }, "API and its table")?.expected.high ?? 0;
        const logGb = (1_000_000 * (730 / 24)) / 1024 ** 2;
        near(usd("eu-central-1") - usd("us-east-1"), logGb * 0.13);
        const trail = line({ guardMinutes: 15 }, "audit trail")?.idle ?? { low: 0, high: 0 };
        near(trail.high - trail.low, ((730 * 4 * 20) / 100_000) * 2);
        assert.equal(line({ auditTrail: false }, "audit trail"), undefined);
    });

    it("estimate lines are sorted, add up to the total, and grow with use", () => {
        const more = fc.record({
            minProvisionedTPS: fc.integer({ min: 1, max: 100 }),
            expectedRequestsPerDay: fc.integer({ min: 0, max: 100_000_000 }),
            interactions: fc.integer({ min: 0, max: 100_000_000 }),
            alarmMetrics: fc.integer({ min: 0, max: 50 }),
        });
        fc.assert(
            fc.property(more, more, (a, b) => {
                const larger = Object.fromEntries(keysOf(a).map((key) => [key, Math.max(a[key], b[key])]));
                const [small, large] = [estimate({ ...plan, ...a }), estimate({ ...plan, ...larger })];
                assert.ok(large.expectedUsd >= small.expectedUsd - 1e-9);
                assert.ok(small.expectedUsd >= small.idleUsd - 1e-9);
                const costs = small.monthly.map(({ expected }) => expected.high);
                near(
                    costs.reduce((sum, usd) => sum + usd, 0),
                    small.expectedUsd,
                );
                assert.deepEqual(
                    costs,
                    costs.toSorted((x, y) => y - x),
                );
            }),
        );
    });
});

describe("`defaultLimitUsd`", () => {
    it("`defaultLimitUsd` returns the estimate plus 25 %, even after `park` deleted the campaign", () => {
        const limit = defaultLimitUsd(plan);
        assert.equal(limit, Math.ceil(1.25 * estimate(plan).expectedUsd));
        assert.equal(defaultLimitUsd({ ...plan, hasCampaign: false }), limit);
    });
});
