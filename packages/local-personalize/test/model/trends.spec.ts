import assert from "node:assert/strict";
import { risingItems, trendAccuracy, trendInterval } from "../../model/trends.ts";

const hour = 3600;
const events = (counts: Record<string, readonly [before: number, now: number]>, end: number) =>
    Object.entries(counts).flatMap(([itemId, [before, now]]) => [
        ...Array.from({ length: before }, () => ({ itemId, timestamp: end - 1.5 * hour })),
        ...Array.from({ length: now }, () => ({ itemId, timestamp: end - 0.5 * hour })),
    ]);

describe("Trends", () => {
    it("risingItems returns items whose number of events increases, steepest increase first", () => {
        const given = events({ steady: [9, 9], falling: [9, 1], rising: [2, 5], steep: [0, 7] }, 1e9);
        assert.deepEqual(risingItems(given, 1e9, hour), ["steep", "rising"]);
        assert.deepEqual(risingItems(given, 1e9 + 10 * hour, hour), []);
    });

    it("trendInterval accepts the frequencies in the developer guide and returns 2 hours by default", () => {
        assert.equal(trendInterval("30 minutes"), hour / 2);
        assert.equal(trendInterval(), 2 * hour);
        assert.equal(trendInterval("5 hours"), undefined);
    });

    it("trendAccuracy returns the share of rising items that also rise in the next interval", () => {
        const end = 1e9;
        const again = [...events({ a: [0, 4] }, end - hour), ...events({ a: [0, 9] }, end)];
        assert.equal(
            trendAccuracy(
                again.sort((x, y) => x.timestamp - y.timestamp),
                hour,
                1,
            ),
            1,
        );
        const other = [...events({ a: [0, 4] }, end - hour), ...events({ b: [0, 9] }, end)];
        assert.equal(
            trendAccuracy(
                other.sort((x, y) => x.timestamp - y.timestamp),
                hour,
                1,
            ),
            0,
        );
    });
});
