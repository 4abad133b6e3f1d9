import assert from "node:assert/strict";
import { simulateStack } from "../../support/guard-simulation.ts";

const enforced = async () => {
    const simulation = simulateStack("2026-11-02T00:00:00Z", {
        monthlyLimitUsd: 10,
        idleAction: "announce",
        idleHours: 9999,
    });
    simulation.makeCampaign();
    // $10 pays for 50 hours at $0.20 an hour.
    await simulation.hours(40);
    assert.deepEqual(simulation.kinds(), []);
    await simulation.hours(1);
    assert.deepEqual(simulation.kinds(), ["limit-near"]);
    await simulation.hours(8.5);
    assert.equal(simulation.deletions, 0);
    await simulation.hours(1);
    assert.equal(simulation.deletions, 1);
    return simulation;
};

describe("Monthly limit of the cost guard", () => {
    it("the cost guard sends a notification at 80 % of the monthly limit, and deletes the campaign at 100 %", async () => {
        const simulation = await enforced();
        assert.deepEqual(simulation.ids(), ["dev/2026-11/limit-near/10", "dev/2026-11/limit-reached/10"]);
        assert.match(String(simulation.parkedReason), /^cost guard: \$10(\.0\d?)? this month, limit \$10$/);
        assert.match(String(simulation.lastOf("limit-reached")?.text), /To resume without a training: npm run resume/);
    });

    it("the cost guard explains no limit by an operator's reason that reads like its own", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z", { monthlyLimitUsd: 10 });
        simulation.makeCampaign();
        simulation.park("cost guard: $10.05 this month, limit $10");
        await simulation.hours(1);
        assert.deepEqual(simulation.kinds(), []);
    });

    it("the cost guard deletes a resumed campaign again only if the limit changes or a new month begins", async () => {
        const simulation = await enforced();
        await simulation.hours(3);
        simulation.makeCampaign();
        await simulation.hours(48);
        assert.equal(simulation.deletions, 1);
        assert.equal(simulation.kinds().filter((kind) => kind === "limit-overridden").length, 1);
        assert.equal(simulation.arrived.length, 3);

        simulation.config = { ...simulation.config, monthlyLimitUsd: 25 };
        await simulation.hours(40);
        assert.equal(simulation.deletions, 2);
        assert.ok(simulation.ids().includes("dev/2026-11/limit-reached/25"));

        simulation.now = Date.parse("2026-12-01T00:00:00Z");
        simulation.makeCampaign();
        await simulation.hours(24 * 6);
        assert.equal(simulation.deletions, 3);
        assert.ok(simulation.ids().includes("dev/2026-12/limit-reached/25"));
    });

    it("if the deletion of the campaign fails, the cost guard deletes the campaign in its next run", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        simulation.makeCampaign();
        simulation.refused.add("park");
        await simulation.hours(8);
        assert.equal(simulation.deletions, 0);
        assert.deepEqual(simulation.kinds(), ["limit-near", "limit-reached"]);
        simulation.refused.clear();
        await simulation.run();
        assert.equal(simulation.deletions, 1);
    });

    it("at the monthly limit, the cost guard deletes the campaign even if the campaign has the tag `keep`", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        simulation.makeCampaign();
        simulation.kept = true;
        await simulation.hours(6);
        assert.equal(simulation.deletions, 1);
    });

    it("while the cost guard cannot read the campaign, the spend grows as before; later it counts a higher minimum TPS", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z", { idleAction: "announce", idleHours: 9999 });
        simulation.makeCampaign();
        await simulation.hours(5);
        simulation.refused.add("campaign");
        if (simulation.campaign) simulation.campaign = { ...simulation.campaign, minProvisionedTPS: 3 };
        await simulation.hours(10);
        assert.ok(Math.abs(simulation.spend() - 15 * 0.2) < 0.1, `${simulation.spend()}`);
        simulation.refused.clear();
        await simulation.hours(5);
        // AWS may have billed 3 TPS since the last run that could read the campaign.
        assert.ok(Math.abs(simulation.spend() - (5 * 0.2 + 15 * 0.6)) < 0.3, `${simulation.spend()}`);
    });
});
