import assert from "node:assert/strict";
import fc from "fast-check";
import { billed, type CampaignMeasure, clip, type Segment, toWindows } from "../../metering/windows.ts";

const hour = 3_600_000;
const minute = 60_000;
const segment = (
    from: number,
    to: number,
    minProvisionedTPS = 1,
    measure: CampaignMeasure = "RecommendationTPSHours",
) => ({ from, to, minProvisionedTPS, measure }) satisfies Segment;
const sum = (numbers: readonly number[]) => numbers.reduce((total, number) => total + number, 0);
const minimum = (segments: readonly Segment[]) => sum(toWindows(segments).map((window) => window.minimum));

describe("Billing windows of a campaign", () => {
    it("`toWindows` returns windows of 5 minutes for TPS-hours, and of an hour for requests of v2 recipes", () => {
        const of = (measure: CampaignMeasure) => toWindows([segment(0, hour, 2, measure)]);
        assert.equal(of("RecommendationTPSHours").length, 12);
        assert.deepEqual(of("RecommendationTPSHours").at(-1), {
            measure: "RecommendationTPSHours",
            start: 55 * minute,
            minimum: 2 * 5 * minute,
            requests: 0,
        });
        assert.deepEqual(of("RecommendationRequests"), [
            { measure: "RecommendationRequests", start: 0, minimum: 2 * hour, requests: 0 },
        ]);
    });

    it("`billed` returns the larger of the minimum and the requests of a window", () => {
        // 5 minutes at 1 TPS are 300 requests, which the minimum already includes.
        const window = { minimum: 5 * minute };
        assert.equal(billed({ ...window, requests: 0 }) / hour, 1 / 12);
        assert.equal(billed({ ...window, requests: 300 }) / hour, 1 / 12);
        assert.equal(billed({ ...window, requests: 900 }) / hour, 3 / 12);
        // The minimum of a v2 recipe for one hour at 1 TPS is 3,600 requests.
        assert.equal(billed({ minimum: hour, requests: 10 }), 3600 * 1000);
        assert.equal(billed({ minimum: hour, requests: 4000 }), 4000 * 1000);
    });

    const time = fc.integer({ min: 0, max: 1_000_000_000_000 });
    const length = fc.integer({ min: 0, max: 40 * 24 * hour });
    const tps = fc.integer({ min: 1, max: 500 });
    const measure = fc.constantFrom<CampaignMeasure>("RecommendationTPSHours", "RecommendationRequests");

    it("`toWindows` returns the same windows, wherever a segment of time is divided", () => {
        const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 });
        fc.assert(
            fc.property(time, length, tps, measure, cuts, (from, milliseconds, tps, measure, cuts) => {
                const whole = [segment(from, from + milliseconds, tps, measure)];
                const places = [0, ...cuts.map((part) => Math.floor(part * milliseconds)), milliseconds].sort(
                    (a, b) => a - b,
                );
                const parts = places
                    .slice(1)
                    .flatMap((to, index) => clip(whole, from + (places[index] ?? 0), from + to));
                assert.deepEqual(toWindows(parts), toWindows(whole));
                assert.equal(minimum(whole), milliseconds * tps);
            }),
            { numRuns: 50 },
        );
    });

    it("more requests or a longer time never reduce the amount that is billed", () => {
        const count = fc.integer({ min: 0, max: 1_000_000 });
        fc.assert(
            fc.property(count, count, count, count, (minimum, requests, time, more) => {
                const before = billed({ minimum, requests });
                assert.ok(billed({ minimum: minimum + time, requests: requests + more }) >= before);
            }),
        );
    });

    it("`toWindows` returns no windows for a segment of no length", () => {
        assert.deepEqual(toWindows([segment(1, 1)]), []);
    });

    it("`toWindows` counts a minimum of 0 TPS as 1 TPS", () => {
        assert.equal(minimum([segment(0, hour, 0)]), hour);
    });
});
