import assert from "node:assert/strict";
import { type CampaignMeasure, type Segment, toWindows } from "../../metering/windows.ts";

const hour = 3_600_000;
const minute = 60_000;
const segment = (
    from: number,
    to: number,
    minProvisionedTPS = 1,
    measure: CampaignMeasure = "RecommendationTPSHours",
) => ({ from, to, minProvisionedTPS, measure }) satisfies Segment;

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

    it("`toWindows` counts a minimum of 0 TPS as 1 TPS", () => {
        assert.deepEqual(toWindows([segment(0, hour, 0)]), toWindows([segment(0, hour, 1)]));
    });
});
