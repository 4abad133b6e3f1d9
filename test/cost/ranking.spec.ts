import assert from "node:assert/strict";
import { simulateStack } from "../support/guard-simulation.ts";

const both = (settings: Parameters<typeof simulateStack>[1]) => {
    const simulation = simulateStack("2026-11-02T00:00:00Z", settings);
    simulation.makeCampaign();
    simulation.makeRanking();
    return simulation;
};
const unhurried = { idleAction: "announce", idleHours: 9999 } as const;

describe("Ranking campaign and the cost guard", () => {
    it("two campaigns reach the limit in half the time, and the cost guard deletes both", async () => {
        const simulation = both({ ...unhurried, monthlyLimitUsd: 10 });
        // Two campaigns at $0.20 an hour each spend $10 in 25 hours.
        await simulation.hours(24.5);
        assert.equal(simulation.hourly(), 0.4);
        assert.deepEqual([simulation.deletions, simulation.rankingDeletions], [0, 0]);
        await simulation.hours(1);
        assert.deepEqual([simulation.deletions, simulation.rankingDeletions], [1, 1]);
        await simulation.hours(24);
        assert.equal(simulation.hourly(), 0);
        // AWS bills both campaigns until they are deleted, half an hour later.
        assert.ok(simulation.spend() >= 10 && simulation.spend() < 10.5, `${simulation.spend()}`);
        assert.deepEqual(simulation.kinds(), ["limit-near", "limit-reached"]);
    });

    it("the ranking campaign's spend depends on ranking requests only", async () => {
        const simulation = both({ ...unhurried, monthlyLimitUsd: 1000 });
        // Ten ranking requests a second cost $2 an hour. The other campaign has no requests and costs $0.20 an hour.
        await simulation.hours(5, () => simulation.rank(10 * 15 * 60));
        await simulation.hours(2);
        const spent = simulation.spend();
        // The test sends the requests of a quarter of an hour within one window of five minutes: three times the TPS in
        // a third of the time.
        assert.ok(Math.abs(spent - (5 * (2 + 0.2 * (2 / 3)) + 2 * 0.2 + 7 * 0.2)) < 0.5, `${spent}`);
    });

    it("at the monthly limit, the cost guard deletes the ranking campaign even if it is the only campaign", async () => {
        const simulation = both({ ...unhurried, monthlyLimitUsd: 10 });
        await simulation.hours(20);
        simulation.campaign = undefined;
        await simulation.hours(20);
        assert.deepEqual(
            [simulation.deletions, simulation.rankingDeletions],
            [0, 1],
            "it was left alone, and went by itself",
        );
    });

    it("while the cost guard cannot read the ranking campaign, the spend grows as before", async () => {
        const [seen, unseen] = [both({ ...unhurried }), both({ ...unhurried })];
        await seen.hours(20);
        await unseen.hours(5);
        unseen.refused.add("ranking");
        await unseen.hours(10);
        assert.ok(Math.abs(unseen.spend() - 15 * 0.4) < 0.2, `${unseen.spend()}`);
        unseen.refused.clear();
        await unseen.hours(5);
        assert.ok(Math.abs(unseen.spend() - seen.spend()) < 0.01, `${unseen.spend()}, not ${seen.spend()}`);
    });

    it("both campaigns count as used if one of them had requests, or if its requests cannot be read", async () => {
        const simulation = both({ idleHours: 2, idleGraceHours: 2 });
        await simulation.hours(12, () => simulation.rank());
        assert.deepEqual(simulation.kinds(), []);
        simulation.refused.add("rankingRequests");
        await simulation.hours(12);
        assert.deepEqual(simulation.kinds(), []);
        simulation.refused.clear();
        await simulation.hours(6);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-parked"]);
        assert.deepEqual([simulation.deletions, simulation.rankingDeletions], [1, 1]);
        assert.match(String(simulation.lastOf("idle")?.text), /costs ≈ \$9\.60 .*a day/);
    });

    it("the month's spend still contains the cost of a removed ranking campaign", async () => {
        const simulation = both({ ...unhurried });
        await simulation.hours(10);
        simulation.ranks = false;
        simulation.ranking = undefined;
        await simulation.hours(10);
        // Allow a difference of 0.30 USD, because the first run after the deletion counts the whole time since the
        // previous run.
        assert.ok(Math.abs(simulation.spend() - (20 + 10) * 0.2) < 0.3, `${simulation.spend()}`);
        simulation.now = Date.parse("2026-12-01T00:00:00Z");
        await simulation.hours(10);
        assert.ok(Math.abs(simulation.spend() - 10 * 0.2) < 0.3, `${simulation.spend()}`);
        assert.equal(JSON.parse(String(simulation.state)).ranking, undefined);
    });

    it("if both campaigns are resumed after the limit was reached, the cost guard ignores the limit for that month", async () => {
        const simulation = both({ ...unhurried, monthlyLimitUsd: 10 });
        await simulation.hours(27);
        simulation.makeCampaign();
        simulation.makeRanking();
        await simulation.hours(24);
        assert.deepEqual([simulation.deletions, simulation.rankingDeletions], [1, 1]);
        assert.equal(simulation.kinds().filter((kind) => kind === "limit-overridden").length, 1);
    });
});
