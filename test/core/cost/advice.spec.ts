import assert from "node:assert/strict";
import { adviseMinimum } from "../../../core/cost/advice.ts";
import { day, window } from "../../../core/cost/time.ts";

const now = Date.parse("2026-11-25T12:00:00Z");
const campaign = { recipe: "aws-user-personalization", minProvisionedTPS: 5 };
const tps = (value: number) => value * (window / 1000);

describe("`adviseMinimum`", () => {
    it("`adviseMinimum` returns the TPS of the week's busiest five minutes plus 20 %", () => {
        const requests = new Map([
            [now - 8 * day, tps(90)],
            [now - 2 * day, tps(2.4)],
            [now - day, tps(1)],
        ]);
        const advice = adviseMinimum(now, campaign, requests);
        assert.equal(advice?.minProvisionedTPS, 3);
        assert.deepEqual(advice?.peak, { at: now - 2 * day, tps: 2.4 });
        assert.match(String(advice?.text), /from 2026-11-23 12:00 UTC, had 2\.4 TPS/);
        assert.match(String(advice?.text), /minProvisionedTPS 3 is enough \(≈ \$438 a month idle\); it is 5 \(≈ \$730/);
        assert.match(String(advice?.text), /To set it: pulumi config set minProvisionedTPS 3 && pulumi up\./);
        assert.match(String(advice?.text), /1: ≈ \$146 a month idle\), but Personalize may throttle bursts above it/);
    });

    it("`adviseMinimum` returns 1 TPS without requests, and undefined without CloudWatch data", () => {
        assert.equal(adviseMinimum(now, campaign, new Map())?.minProvisionedTPS, 1);
        assert.match(String(adviseMinimum(now, { ...campaign, minProvisionedTPS: 1 }, new Map())?.text), /1 is right/);
        assert.equal(adviseMinimum(now, campaign, undefined), undefined);
    });
});
