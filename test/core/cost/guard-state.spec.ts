import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { deflateRawSync } from "node:zlib";
import { freshState, parseState } from "../../../core/cost/guard-state.ts";
import { hour } from "../../../core/cost/time.ts";
import { simulateStack, solutionArn } from "../../support/guard-simulation.ts";

describe("State of the cost guard", () => {
    it("the cost guard's largest possible state fits into an SSM parameter", async () => {
        const simulation = simulateStack("2026-11-02T00:00:00Z", {
            stack: "s".repeat(27),
            unusedAction: "delete",
            unusedDays: 0.1,
            idleHours: 1,
            idleGraceHours: 1,
            monthlyLimitUsd: 3.333333333,
        });
        /** Returns a solution's name of 63 characters, the maximum. */
        const longName = (n: number) => createHash("sha512").update(`${n}`).digest("hex").slice(0, 63);
        simulation.makeCampaign();
        simulation.serves = true;
        simulation.solutions = Array.from({ length: 20 }, (_, n) => ({
            arn: solutionArn(longName(n)),
            status: "ACTIVE",
            changedAt: simulation.now,
            hasCampaign: false,
            kept: false,
        }));
        simulation.refused.add("notify");
        simulation.refused.add("deleteSolution");
        let largest = 0;
        let tps = 1;
        const problems = new Set<string>();
        await simulation.hours(24 * 9, () => {
            const { state = "" } = simulation;
            largest = Math.max(largest, Buffer.byteLength(state));
            const parsed = parseState(state, simulation.now);
            if (simulation.version > 0 && "problem" in parsed) problems.add(parsed.problem);
            tps = (tps % 7) + 1;
            // At each run another solution has the tag keep, so that several notifications with long names wait.
            const keptOne = simulation.version % 8;
            simulation.solutions = simulation.solutions.map((one, n) => ({ ...one, kept: n === keptOne }));
            // In some hours the requests cost so much that the guard closes API and page. An operator opens API and
            // page again.
            simulation.used.push({
                at: simulation.now,
                usage: { edgeGb: Math.floor(simulation.now / hour) % 7 === 0 ? 10 : 0.1 },
            });
            if (Math.floor(simulation.now / hour) % 5 === 0) simulation.closedReason = undefined;
            // In two of three hours no metric can be read, and the minimum TPS changes at each run.
            simulation.metrics = Math.floor(simulation.now / hour) % 3 === 0 ? "fine" : "broken";
            simulation.config = { ...simulation.config, monthlyLimitUsd: simulation.config.monthlyLimitUsd + 0.1 };
            if (simulation.campaign === undefined) simulation.makeCampaign(tps);
            else simulation.campaign = { ...simulation.campaign, minProvisionedTPS: tps };
        });
        assert.ok(largest > 2500 && largest <= 4000, `${largest} bytes`);
        assert.deepEqual([...problems], []);
        assert.match(simulation.state ?? "", /^deflate:/);
        simulation.refused.clear();
        simulation.metrics = "fine";
        assert.equal(await simulation.run(), undefined);
        assert.deepEqual(new Set(simulation.kinds()), new Set(["api-closed", "limit-reached", "unused"]));
    });

    const now = Date.parse("2026-11-10T00:00:00Z");
    const fresh = freshState(now, undefined);
    for (const { what, state } of [
        { what: "a count that ends in another year", state: { ...fresh, spend: { ...fresh.spend, until: 4e12 } } },
        {
            what: "a limit enforced next month",
            state: { ...fresh, enforced: { month: "2026-11", limitUsd: 1, at: 4e12 } },
        },
        { what: "an own request of another year", state: { ...fresh, own: [4e12] } },
        { what: "no moment at all", state: { ...fresh, lastUse: 1e300 } },
    ]) {
        it(`\`parseState\` rejects a state with ${what}`, () => {
            const parsed = parseState(JSON.stringify(state), now);
            assert.match("problem" in parsed ? parsed.problem : "", /contains a time in the future/);
        });
    }

    it("`parseState` rejects a state with negative spend", () => {
        const state = { ...fresh, spend: { ...fresh.spend, settled: { tpsHours: -1e9, tpsHoursV2: 0 } } };
        assert.deepEqual(parseState(JSON.stringify(state), now), { problem: "is incomplete" });
    });

    it("`parseState` accepts a timestamp half an hour in the future", () => {
        const state = { ...fresh, spend: { ...fresh.spend, until: now + hour / 2 } };
        assert.ok("state" in parseState(JSON.stringify(state), now));
    });

    it("`parseState` rejects compressed text that expands beyond the limit of a state", () => {
        const bomb = `deflate:${deflateRawSync(" ".repeat(5e6)).toString("base64")}`;
        assert.deepEqual(parseState(bomb, now), { problem: "is not JSON" });
    });
});
