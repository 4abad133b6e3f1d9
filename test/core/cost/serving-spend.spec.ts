import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import fc from "fast-check";
import { approximately } from "../../../core/config/prices.ts";
import { closingShare } from "../../../core/cost/decide.ts";
import { freshState, parseState } from "../../../core/cost/guard-state.ts";
import { countServing, servingSince } from "../../../core/cost/serving-spend.ts";
import { hour, minute, window } from "../../../core/cost/time.ts";
import { plus, type Usage, usageUsd } from "../../../core/cost/usage.ts";
import { simulateStack } from "../../support/guard-simulation.ts";

const month = Date.parse("2026-11-01T00:00:00Z");
/** Bytes of downloads at 1 Gbit/s in a minute. */
const download: Partial<Usage> = { edgeGb: 419 / 60, edgeRequests: 100_000 };
const usdOf = (usage: Partial<Usage>) => usageUsd(plus(usage));

/** Simulates a stack with an API and a page, whose limit is $200 a month. */
function servedStack() {
    const simulation = simulateStack("2026-11-10T00:00:00Z", { monthlyLimitUsd: 200 });
    simulation.serves = true;
    simulation.makeCampaign();
    const minutes = async (count: number, usage: Partial<Usage>) => {
        for (let left = count; left > 0; left--) {
            if (simulation.closedReason === undefined) simulation.used.push({ at: simulation.now, usage });
            simulation.now += minute;
            if (simulation.now % (15 * minute) === 0) await simulation.run();
        }
    };
    return { simulation, minutes };
}

describe("Spend of API and storefront", () => {
    it("`countServing` counts every request exactly once despite missed runs and late CloudWatch data", () => {
        const uses = fc.array(fc.tuple(fc.nat(40 * 24 * 60), fc.nat(1000)), { maxLength: 60 });
        const gaps = fc.array(fc.integer({ min: 1, max: 600 }), { minLength: 1, maxLength: 30 });
        fc.assert(
            fc.property(uses, gaps, (sentRequests, runs) => {
                let [now, spend, usd] = [month, undefined, 0] as [
                    number,
                    ReturnType<typeof countServing>["spend"] | undefined,
                    number,
                ];
                const shown = () => {
                    const from = servingSince(spend, now);
                    const windows = new Map<number, Usage>();
                    for (const [at, requests] of sentRequests) {
                        const start = Math.floor((month + at * minute) / window) * window;
                        if (start < from || month + at * minute + 3 * minute > now) continue;
                        windows.set(start, plus(windows.get(start) ?? {}, { edgeRequests: requests }));
                    }
                    return windows;
                };
                for (const gap of [...runs, 600]) {
                    now += gap * minute;
                    const counted = countServing(spend, now, {
                        usage: gap % 7 === 0 ? undefined : shown(),
                        isComplete: true,
                    });
                    [spend, usd] = [counted.spend, counted.usd];
                }
                now += minute;
                usd = countServing(spend, now, { usage: shown(), isComplete: true }).usd;
                const first = Date.parse(`${new Date(now).toISOString().slice(0, 7)}-01T00:00:00Z`);
                const counts = sentRequests.filter(([at]) => {
                    const moment = month + at * minute;
                    return moment >= first && moment + 3 * minute <= now;
                });
                const truth = counts.reduce((sum, [, requests]) => sum + usdOf({ edgeRequests: requests }), 0);
                assert.ok(Math.abs(usd - truth) < 1e-9, `${usd} ${truth}`);
            }),
            { numRuns: 300 },
        );
    });

    it("the cost guard adds API requests to the spend of the month and of the hour", async () => {
        const { simulation, minutes } = servedStack();
        await minutes(60, { apiRequests: 2000 });
        const counted = 0.2 + usdOf({ apiRequests: 57 * 2000 });
        assert.ok(Math.abs(simulation.spend() - counted) < 0.01, `${simulation.spend()} ${counted}`);
        assert.ok(simulation.hourly() > 0.2 + usdOf({ apiRequests: 40_000 }));
    });

    it("the cost guard blocks requests to the API 17 minutes after the requests of an hour cost 5 % of the limit", async () => {
        const delays: number[] = [];
        for (const offset of [0, 1, 4, 7, 11, 14]) {
            const { simulation, minutes } = servedStack();
            await minutes(offset, {});
            const begin = simulation.now;
            await minutes(90, download);
            const [{ at = 0, reason = "" } = {}, ...others] = simulation.closings;
            delays.push((at - begin) / minute - (closingShare * 200) / usdOf(download));
            assert.deepEqual([others, simulation.kinds().at(-1)], [[], "api-closed"]);
            assert.match(reason, /requests cost \$\d+/);
            assert.match(simulation.lastOf("api-closed")?.text ?? "", /npm run resume/);
        }
        const page = await readFile("docs/security.md", "utf8");
        assert.ok(page.includes(`at most ${Math.ceil(Math.max(...delays))} minutes later`), `${delays}`);
        const usd = approximately(closingShare * 200 + Math.max(...delays) * usdOf(download));
        assert.ok(page.includes(`the downloads have cost ${usd}`), usd);
    });

    it("the cost guard does nothing while the requests of an hour cost less than 5 % of the monthly limit", async () => {
        const { simulation, minutes } = servedStack();
        await minutes(120, { edgeGb: ((closingShare - 0.005) * 200) / 0.085 / 60 });
        assert.deepEqual([simulation.closings, simulation.kinds()], [[], []]);
    });

    it("the cost guard blocks requests to the API again if such requests continue after `resume`", async () => {
        const { simulation, minutes } = servedStack();
        await minutes(60, download);
        assert.equal(simulation.closings.length, 1);
        simulation.closedReason = undefined;
        await minutes(16, {});
        assert.equal(simulation.closings.length, 1);
        await minutes(60, download);
        assert.equal(simulation.closings.length, 2);
        assert.equal(simulation.ids().filter((id) => id.includes("api-closed")).length, 2);
    });

    it("if requests below 5 % of the limit in an hour reach the monthly limit, the cost guard only parks", async () => {
        const { simulation, minutes } = servedStack();
        // $4.70 an hour is 2.4 % of the limit, which is reached after 43 to 45 hours.
        await minutes(46 * 60, { apiRequests: 4.7 / 60 / 3.5e-6 });
        assert.deepEqual([simulation.closings.length, simulation.deletions], [0, 1]);
        assert.ok(simulation.kinds().includes("limit-reached"));
    });

    it("the cost guard blocks requests to the API only if it can read the metrics, and repeats a failed attempt", async () => {
        const { simulation, minutes } = servedStack();
        simulation.metrics = "broken";
        await minutes(60, download);
        assert.equal(simulation.closings.length, 0);
        simulation.metrics = "fine";
        simulation.refused.add("close");
        await minutes(30, download);
        assert.equal(simulation.closings.length, 0);
        simulation.refused.clear();
        await minutes(15, download);
        assert.equal(simulation.closings.length, 1);
        assert.equal(JSON.parse(simulation.state ?? "{}").closing, undefined);
    });

    it("`parseState` accepts the state of an earlier release, without the API's spend", () => {
        const old = JSON.stringify(freshState(month, undefined));
        const parsed = parseState(old, month);
        assert.ok("state" in parsed && parsed.state.serving === undefined);
        assert.equal(servingSince(undefined, month + 12 * hour), month);
    });
});
