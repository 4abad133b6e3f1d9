import assert from "node:assert/strict";
import { guardWorld, solutionArn } from "../support/guard-world.ts";

describe("what the guard keeps", () => {
    it("fits an SSM parameter when everything comes together, with the longest names and a topic that is gone", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", {
            stack: "s".repeat(27),
            unusedAction: "delete",
            unusedDays: 0.1,
            idleHours: 1,
            idleGraceHours: 1,
            monthlyLimitUsd: 3.333333333,
        });
        world.makeCampaign();
        world.solutions = Array.from({ length: 20 }, (_, n) => ({
            arn: solutionArn(`${n}`.padStart(63, "x")),
            status: "ACTIVE",
            changedAt: world.now,
            hasCampaign: false,
            kept: false,
        }));
        world.refused.add("notify");
        world.refused.add("deleteSolution");
        let largest = 0;
        let tps = 1;
        await world.hours(24 * 9, () => {
            largest = Math.max(largest, Buffer.byteLength(world.state ?? ""));
            tps = (tps % 7) + 1;
            // Nothing of the requests is known while the minimum changes with each run.
            world.metrics = "broken";
            world.config = { ...world.config, monthlyLimitUsd: world.config.monthlyLimitUsd + 0.1 };
            if (world.campaign === undefined) world.makeCampaign(tps);
            else world.campaign = { ...world.campaign, minProvisionedTPS: tps };
        });
        assert.ok(largest > 2500 && largest < 4096, `${largest} bytes`);
        world.refused.clear();
        assert.equal(await world.run().then((error) => error?.message.split("\n").length), 1, "CloudWatch only");
        assert.ok(world.arrived.length > 0);
    });
});
