import assert from "node:assert/strict";
import fc from "fast-check";
import { boundedCampaign, type TakeCalls } from "../../../app/serving/campaign-budget.ts";
import { failureOf } from "../../../app/serving/failures.ts";
import type { CampaignPort } from "../../../app/serving/ports.ts";
import { billedWindowMs } from "../../../config/throttles.ts";

const { signal } = new AbortController();
const asked = { userId: "1", numResults: 1, context: {} };

/** A campaign that counts its calls by window, and the counter that processes share. */
function world() {
    const found = { at: 0, calls: new Map<number, number>(), takes: 0 };
    const taken = new Map<number, number>();
    const campaign: CampaignPort = {
        async ask() {
            const window = Math.floor(found.at / billedWindowMs);
            found.calls.set(window, (found.calls.get(window) ?? 0) + 1);
            return { films: new Float64Array() as never };
        },
        describe: async () => undefined,
        rank: undefined,
    };
    const take: TakeCalls = async (window, calls, most) => {
        found.takes += 1;
        const before = taken.get(window) ?? 0;
        if (before + calls > most) return false;
        taken.set(window, before + calls);
        return true;
    };
    return { found, campaign, take, clock: () => found.at };
}

describe("the bound on calls of the campaign", () => {
    it("holds over all processes in each window, and most calls write nothing", async () => {
        const steps = fc.array(fc.tuple(fc.nat(4), fc.nat(20_000)), { maxLength: 400 });
        await fc.assert(
            fc.asyncProperty(fc.integer({ min: 1, max: 300 }), steps, async (most, moves) => {
                const { found, campaign, take, clock } = world();
                const processes = Array.from({ length: 5 }, () => boundedCampaign(campaign, most, take, clock));
                for (const [process, later] of moves) {
                    found.at += later;
                    await processes[process]?.ask(asked, signal).catch((error: Error) => {
                        assert.equal(failureOf(error), "throttled");
                    });
                }
                assert.ok([...found.calls.values()].every((calls) => calls <= most));
            }),
            { numRuns: 60 },
        );
    });

    it("lets a stranger have 1,200 calls in five minutes instead of 30,000, and writes 61 times for them", async () => {
        const { found, campaign, take, clock } = world();
        const { ask } = boundedCampaign(campaign, 1200, take, clock);
        let refused = 0;
        for (let request = 0; request < 30_000; request++) {
            found.at = request * 10;
            await ask(asked, signal).catch(() => {
                refused += 1;
            });
        }
        assert.deepEqual([found.calls.get(0), refused, found.takes], [1200, 28_800, 61]);
    });

    it("calls without a bound while the table fails, and where none is configured", async () => {
        const { found, campaign, clock } = world();
        const failing = async () => Promise.reject(new Error("no table"));
        await boundedCampaign(campaign, 1, failing, clock).ask(asked, signal);
        await boundedCampaign(campaign, 1, failing, clock).ask(asked, signal);
        assert.equal(boundedCampaign(campaign, undefined, failing, clock), campaign);
        assert.equal(found.calls.get(0), 2);
    });
});
