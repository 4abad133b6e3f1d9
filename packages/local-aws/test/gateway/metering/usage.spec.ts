import assert from "node:assert/strict";
import type { CampaignMeasure } from "../../../gateway/metering/ledger.ts";
import { usageOf } from "../../../gateway/metering/usage.ts";

const hour = 3_600_000;
const campaign = { id: 1, region: "eu-central-1", arn: "arn", tags: {} };

/** Returns the billed hours of a campaign with 2 TPS that gets 700 requests in the first of its 5-minute windows. */
function billed(measure: CampaignMeasure): number[] {
    const requests = { ...campaign, measure: "RecommendationRequests" as const, start: 0, amount: 700_000 };
    const period = { ...campaign, measure, start: 0, end: 1.5 * hour, tps: 2 };
    return usageOf([requests], [period], { from: 0, to: 2 * hour }).map(({ quantity }) => quantity);
}

describe("usageOf", () => {
    it("`usageOf` bills the requests above a campaign's TPS by windows of 5 minutes", () => {
        assert.deepEqual(billed("RecommendationTPSHours"), [2 + 100 / 3600, 1]);
    });

    it("`usageOf` bills the requests above the minimum of a v2 campaign by the hour", () => {
        assert.deepEqual(billed("RecommendationRequests"), [7.2, 3.6]);
    });
});
