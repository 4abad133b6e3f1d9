import assert from "node:assert/strict";
import { guardWorld, solutionArn } from "../support/guard-world.ts";

const day = 24;
const solution = (world: { now: number }, name: string, more: object = {}) => ({
    arn: solutionArn(name),
    status: "ACTIVE",
    changedAt: world.now,
    hasCampaign: false,
    kept: false,
    ...more,
});
const withSolutions = (settings: Parameters<typeof guardWorld>[1], ...names: string[]) => {
    const world = guardWorld("2026-11-02T00:00:00Z", { unusedDays: 3, ...settings });
    world.solutions = names.map((name) => solution(world, name));
    return world;
};

describe("Unused solutions", () => {
    it("the guard lists a solution after unusedDays and again for a changed list", async () => {
        const world = withSolutions({}, "old");
        await world.hours(2.9 * day);
        assert.deepEqual(world.kinds(), []);
        await world.hours(5 * day);
        assert.equal(world.arrived.length, 1);
        assert.match(String(world.lastOf("unused")?.text), /No campaign has used these solutions for 3 days: old\./);
        world.solutions.push(solution(world, "older"));
        await world.hours(4 * day);
        assert.equal(world.arrived.length, 2);
        assert.match(String(world.lastOf("unused")?.text), /: old, older\./);
        assert.deepEqual(world.deleted, [], "unusedAction is list");
    });

    it("unusedAction: delete deletes a solution a day after the notification", async () => {
        const world = withSolutions({}, "old");
        await world.hours(6 * day);
        world.config = { ...world.config, unusedAction: "delete" };
        await world.hours(0.9 * day);
        assert.deepEqual(world.deleted, []);
        assert.match(String(world.lastOf("unused")?.text), /After 2026-11-09 00:00 UTC the cost guard deletes them/);
        await world.hours(0.3 * day);
        assert.deepEqual(world.deleted, ["old"]);
        assert.deepEqual(world.kinds(), ["unused", "unused", "unused-deleted"]);
    });

    it("a solution with a campaign or a parked campaign is not unused", async () => {
        const world = withSolutions({ unusedAction: "delete" }, "films");
        world.solutions = [solution(world, "films", { hasCampaign: true })];
        await world.hours(10 * day);
        world.solutions = [solution(world, "films", { changedAt: 0 }), solution(world, "ranking", { changedAt: 0 })];
        world.parkedReason = "by hand";
        await world.hours(10 * day);
        world.parkedReason = undefined;
        world.solutions.pop();
        await world.hours(2.9 * day);
        assert.deepEqual(world.kinds(), []);
        await world.hours(0.2 * day);
        assert.deepEqual(world.kinds(), ["unused"]);
        world.solutions = [solution(world, "films", { hasCampaign: true })];
        await world.hours(3 * day);
        assert.deepEqual(world.deleted, [], "a campaign came back to it in time");
    });

    it("the tag keep and an unreadable parked flag protect a solution", async () => {
        const world = withSolutions({ unusedAction: "delete" }, "old");
        world.solutions = [solution(world, "old", { kept: true })];
        await world.hours(10 * day);
        assert.deepEqual(world.kinds(), []);
        const blind = withSolutions({ unusedAction: "delete" }, "old");
        blind.refused.add("parked");
        await blind.hours(10 * day);
        assert.deepEqual(blind.kinds(), []);
    });
});
