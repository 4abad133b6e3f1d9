import assert from "node:assert/strict";
import { simulateStack, solutionArn } from "../../support/guard-simulation.ts";

const day = 24;
const solution = (simulation: { now: number }, name: string, more: object = {}) => ({
    arn: solutionArn(name),
    status: "ACTIVE",
    changedAt: simulation.now,
    hasCampaign: false,
    kept: false,
    ...more,
});
const withSolutions = (settings: Parameters<typeof simulateStack>[1], ...names: string[]) => {
    const simulation = simulateStack("2026-11-02T00:00:00Z", { unusedDays: 3, ...settings });
    simulation.solutions = names.map((name) => solution(simulation, name));
    return simulation;
};

describe("Unused solutions", () => {
    it("the cost guard reports solutions that had no campaign for `unused.days`, and reports again after a change", async () => {
        const simulation = withSolutions({}, "old");
        await simulation.hours(2.9 * day);
        assert.deepEqual(simulation.kinds(), []);
        await simulation.hours(5 * day);
        assert.equal(simulation.arrived.length, 1);
        assert.match(
            String(simulation.lastOf("unused")?.text),
            /No campaign has used these solutions for 3 days: old\./,
        );
        simulation.solutions.push(solution(simulation, "older"));
        await simulation.hours(4 * day);
        assert.equal(simulation.arrived.length, 2);
        assert.match(String(simulation.lastOf("unused")?.text), /: old, older\./);
        assert.deepEqual(simulation.deleted, [], "unusedAction is list");
    });

    it("with `unused.action: delete`, the cost guard deletes an unused solution a day after the notification", async () => {
        const simulation = withSolutions({}, "old");
        await simulation.hours(6 * day);
        simulation.config = { ...simulation.config, unusedAction: "delete" };
        await simulation.hours(0.9 * day);
        assert.deepEqual(simulation.deleted, []);
        assert.match(
            String(simulation.lastOf("unused")?.text),
            /After 2026-11-09 00:00 UTC the cost guard deletes them/,
        );
        await simulation.hours(0.3 * day);
        assert.deepEqual(simulation.deleted, ["old"]);
        assert.deepEqual(simulation.kinds(), ["unused", "unused", "unused-deleted"]);
    });

    it("a solution does not count as unused if it has a campaign, or if its campaign is parked (deleted until `resume`)", async () => {
        const simulation = withSolutions({ unusedAction: "delete" }, "films");
        simulation.solutions = [solution(simulation, "films", { hasCampaign: true })];
        await simulation.hours(10 * day);
        simulation.solutions = [solution(simulation, "films", { changedAt: 0 })];
        simulation.parkedReason = "by hand";
        await simulation.hours(10 * day);
        simulation.parkedReason = undefined;
        await simulation.hours(2.9 * day);
        assert.deepEqual(simulation.kinds(), []);
        await simulation.hours(0.2 * day);
        assert.deepEqual(simulation.kinds(), ["unused"]);
        simulation.solutions = [solution(simulation, "films", { hasCampaign: true })];
        await simulation.hours(3 * day);
        assert.deepEqual(simulation.deleted, [], "a campaign came back to it in time");
    });

    it("the cost guard deletes no solution with the tag `keep`, and none while it cannot read the SSM parameter `parked`", async () => {
        const simulation = withSolutions({ unusedAction: "delete" }, "old");
        simulation.solutions = [solution(simulation, "old", { kept: true })];
        await simulation.hours(10 * day);
        assert.deepEqual(simulation.kinds(), []);
        const blind = withSolutions({ unusedAction: "delete" }, "old");
        blind.refused.add("parked");
        await blind.hours(10 * day);
        assert.deepEqual(blind.kinds(), []);
    });
});
