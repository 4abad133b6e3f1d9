import assert from "node:assert/strict";
import { guardWorld } from "../support/guard-world.ts";

const enforced = async () => {
    const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 10, idleAction: "announce", idleHours: 9999 });
    world.makeCampaign();
    // $10 pays for 50 hours at $0.20 an hour.
    await world.hours(49.5);
    assert.equal(world.deletions, 0);
    await world.hours(1);
    assert.equal(world.deletions, 1);
    return world;
};

describe("Monthly limit of the cost guard", () => {
    it("the guard notifies at 80 % and parks the campaign at the limit", async () => {
        const world = await enforced();
        assert.deepEqual(world.ids(), ["dev/2026-11/limit-near/10", "dev/2026-11/limit-reached/10"]);
        assert.match(String(world.lastOf("limit-near")?.at), /^2026-11-03T16:/, "40 hours of $0.20");
        assert.match(String(world.parkedReason), /^cost guard: \$10(\.0\d?)? this month, limit \$10$/);
        assert.match(String(world.lastOf("limit-reached")?.text), /To resume without a training: npm run resume/);
    });

    it("the guard leaves a resumed campaign running until another limit or month", async () => {
        const world = await enforced();
        await world.hours(3);
        world.makeCampaign();
        await world.hours(48);
        assert.equal(world.deletions, 1);
        assert.equal(world.kinds().filter((kind) => kind === "limit-overridden").length, 1);
        assert.equal(world.arrived.length, 3);

        world.config = { ...world.config, monthlyLimitUsd: 25 };
        await world.hours(40);
        assert.equal(world.deletions, 2);
        assert.ok(world.ids().includes("dev/2026-11/limit-reached/25"));

        world.now = Date.parse("2026-12-01T00:00:00Z");
        world.makeCampaign();
        await world.hours(24 * 6);
        assert.equal(world.deletions, 3);
        assert.ok(world.ids().includes("dev/2026-12/limit-reached/25"));
    });

    it("the guard deletes the campaign in the next run if a deletion failed", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        world.refused.add("park");
        await world.hours(8);
        assert.equal(world.deletions, 0);
        assert.deepEqual(world.kinds(), ["limit-near", "limit-reached"]);
        world.refused.clear();
        await world.run();
        assert.equal(world.deletions, 1);
    });

    it("the tag keep does not prevent parking at the limit", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        world.kept = true;
        await world.hours(6);
        assert.equal(world.deletions, 1);
    });
});
