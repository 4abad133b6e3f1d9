import assert from "node:assert/strict";
import fc from "fast-check";
import { hour, minute } from "../../../core/cost/time.ts";
import { simulateStack } from "../../support/guard-simulation.ts";

const watched = ["campaign", "kept", "requests", "parked", "solutions", "probe"];
const ports = [...watched, "park", "show", "notify", "publish", "readState", "writeState"];

const fault = fc.oneof(
    fc.record({ kind: fc.constant("dies" as const), call: fc.integer({ min: 1, max: 12 }), after: fc.boolean() }),
    fc.record({ kind: fc.constant("refused" as const), port: fc.constantFrom(...ports) }),
    fc.record({ kind: fc.constant("missed" as const) }),
    fc.record({ kind: fc.constant("doubled" as const) }),
    fc.record({ kind: fc.constant("skew" as const), minutes: fc.integer({ min: -20, max: 20 }) }),
    fc.record({ kind: fc.constant("metrics" as const), how: fc.constantFrom("empty" as const, "broken" as const) }),
    fc.record({ kind: fc.constant("late metrics" as const), minutes: fc.integer({ min: 4, max: 45 }) }),
);
/** The first run with a fault. A month has 2,880 runs. Negative: so many runs before the limit is reached. */
const firstRun = fc.oneof(fc.integer({ min: 0, max: 2879 }), fc.integer({ min: -12, max: -1 }));
/** Faults, each with its first run and a number of runs, up to three hours. */
const faults = fc.array(fc.tuple(firstRun, fc.integer({ min: 1, max: 12 }), fault), { minLength: 20, maxLength: 60 });
/** Hours with requests. */
const askedHours = fc.uniqueArray(fc.integer({ min: 0, max: 719 }), { maxLength: 60 });

const action = fc.constantFrom("announce" as const, "park" as const);

const isIdlePark = ({ parkedReason = "" }: ReturnType<typeof simulateStack>) => parkedReason.includes("no requests");

describe("Simulated month of the cost guard", () => {
    it("the cost guard enforces the monthly limit exactly once and in time, despite random failures", async () => {
        let [enforced, idleParks] = [0, 0];
        await fc.assert(
            fc.asyncProperty(
                faults,
                askedHours,
                fc.integer({ min: 20, max: 140 }),
                action,
                async (planned, requestHours, limit, idleAction) => {
                    const simulation = simulateStack("2026-11-01T00:00:00Z", {
                        monthlyLimitUsd: limit,
                        idleHours: 48,
                        idleAction,
                    });
                    simulation.makeCampaign();
                    const start = simulation.now;
                    let lastAsked = start;
                    let faultless = 0;
                    if (idleAction === "announce") enforced += 1;
                    for (let run = 0; run < 2880 && simulation.campaign !== undefined; run += 1) {
                        const hours = (simulation.now - start) / hour;
                        if (Number.isInteger(hours) && requestHours.includes(hours)) {
                            simulation.ask(hours % 7 === 0 ? 4000 : 1);
                            lastAsked = simulation.now;
                        }
                        const now = planned
                            .map(
                                ([first, count, what]) =>
                                    [first < 0 ? 20 * limit + first : first, count, what] as const,
                            )
                            .filter(([first, count]) => run >= first && run < first + count)
                            .map(([, , what]) => what);
                        simulation.metrics = "fine";
                        simulation.metricsDelay = 3;
                        simulation.skew = 0;
                        simulation.dieAt = undefined;
                        simulation.refused.clear();
                        for (const one of now) {
                            if (one.kind === "dies")
                                simulation.dieAt = { call: simulation.calls + one.call, after: one.after };
                            if (one.kind === "refused") simulation.refused.add(one.port);
                            if (one.kind === "skew") simulation.skew = one.minutes * minute;
                            if (one.kind === "metrics") simulation.metrics = one.how;
                            if (one.kind === "late metrics") simulation.metricsDelay = one.minutes;
                        }
                        const before = simulation.deletions;
                        if (!now.some(({ kind }) => kind === "missed")) {
                            await simulation.run();
                            if (now.some(({ kind }) => kind === "doubled")) await simulation.run();
                        }
                        faultless = now.length === 0 ? faultless + 1 : 0;
                        if (simulation.deletions > before) {
                            // CloudWatch may show a request 45 minutes late.
                            const unused = simulation.now - lastAsked;
                            const isUsed = unused > 45 * minute && unused < 48 * hour;
                            assert.ok(!isUsed || !isIdlePark(simulation), "parked although it was used");
                        }
                        // Once the limit is reached, the guard must delete the campaign within two successive runs
                        // without an injected fault, which take half an hour.
                        assert.ok(
                            faultless < 2 || hours * 0.2 < limit || simulation.deletions > 0,
                            `${hours} h, limit ${limit}`,
                        );
                        simulation.now += 15 * minute;
                    }
                    // A run without an injected fault sends the notifications that a fault delayed.
                    simulation.refused.clear();
                    simulation.dieAt = undefined;
                    await simulation.run();
                    const kind = isIdlePark(simulation) ? "idle-parked" : "limit-reached";
                    const isDelivered = simulation.deletions === 0 || simulation.kinds().includes(kind);
                    assert.ok(isDelivered, `no ${kind}`);
                    if (isIdlePark(simulation)) idleParks += 1;
                    if (idleAction === "announce") assert.ok(simulation.deletions === 1, "the limit is enforced");
                    assert.ok(simulation.deletions <= 1, `${simulation.deletions} deletions`);
                    const texts = new Map<string, Set<string>>();
                    for (const notification of simulation.arrived) {
                        texts.set(
                            notification.id,
                            (texts.get(notification.id) ?? new Set()).add(JSON.stringify(notification)),
                        );
                    }
                    for (const [id, variants] of texts) assert.equal(variants.size, 1, id);
                    const once = simulation.kinds().filter((kind) => kind !== "idle" && kind !== "idle-withdrawn");
                    assert.equal(new Set(once).size, once.length, once.join(", "));
                },
            ),
            { numRuns: 50 },
        );
        assert.ok(enforced > 0 && idleParks > 0, `${enforced} and ${idleParks}`);
    });
});
