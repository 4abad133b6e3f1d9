import assert from "node:assert/strict";
import fc from "fast-check";
import { hour, minute } from "../../../cost/time.ts";
import { guardWorld } from "../../support/guard-world.ts";

const ports = [
    "campaign",
    "kept",
    "requests",
    "parked",
    "solutions",
    "readState",
    "writeState",
    "probe",
    "park",
    "show",
    "notify",
    "publish",
];

const fault = fc.oneof(
    fc.record({ kind: fc.constant("dies" as const), call: fc.integer({ min: 1, max: 12 }), after: fc.boolean() }),
    fc.record({ kind: fc.constant("refused" as const), port: fc.constantFrom(...ports) }),
    fc.record({ kind: fc.constant("missed" as const) }),
    fc.record({ kind: fc.constant("doubled" as const) }),
    fc.record({ kind: fc.constant("skew" as const), minutes: fc.integer({ min: -20, max: 20 }) }),
    fc.record({ kind: fc.constant("metrics" as const), how: fc.constantFrom("empty" as const, "broken" as const) }),
);
/** Faults, each with the number of the run in which it happens. A month has 2,880 runs. */
const faults = fc.array(fc.tuple(fc.integer({ min: 0, max: 2879 }), fault), { minLength: 20, maxLength: 60 });
/** Hours with requests. */
const askedHours = fc.uniqueArray(fc.integer({ min: 0, max: 719 }), { maxLength: 60 });

const action = fc.constantFrom("announce" as const, "park" as const);

describe("Virtual month of the cost guard", () => {
    it("the guard enforces the limit once, in time, despite random failures", async () => {
        let enforced = 0;
        await fc.assert(
            fc.asyncProperty(
                faults,
                askedHours,
                fc.integer({ min: 20, max: 140 }),
                action,
                async (planned, asked, limit, idleAction) => {
                    const world = guardWorld("2026-11-01T00:00:00Z", {
                        monthlyLimitUsd: limit,
                        idleHours: 48,
                        idleAction,
                    });
                    world.makeCampaign();
                    const start = world.now;
                    let lastAsked = start;
                    let faultless = 0;
                    if (idleAction === "announce") enforced += 1;
                    for (let run = 0; run < 2880 && world.campaign !== undefined; run += 1) {
                        const hours = (world.now - start) / hour;
                        if (Number.isInteger(hours) && asked.includes(hours)) {
                            world.ask(hours % 7 === 0 ? 4000 : 1);
                            lastAsked = world.now;
                        }
                        const now = planned.filter(([at]) => at === run).map(([, what]) => what);
                        world.metrics = "fine";
                        world.skew = 0;
                        world.dieAt = undefined;
                        world.refused.clear();
                        for (const one of now) {
                            if (one.kind === "dies") world.dieAt = { call: world.calls + one.call, after: one.after };
                            if (one.kind === "refused") world.refused.add(one.port);
                            if (one.kind === "skew") world.skew = one.minutes * minute;
                            if (one.kind === "metrics") world.metrics = one.how;
                        }
                        const before = world.deletions;
                        if (!now.some(({ kind }) => kind === "missed")) {
                            await world.run();
                            if (now.some(({ kind }) => kind === "doubled")) await world.run();
                        }
                        faultless = now.length === 0 ? faultless + 1 : 0;
                        if (world.deletions > before) {
                            const idle = world.parkedReason?.includes("nobody") ?? false;
                            assert.ok(!idle || world.now - lastAsked >= 48 * hour, "parked although it was used");
                        }
                        // After two runs without a fault, which end at most half an hour after the limit is reached, the guard
                        // must have parked.
                        assert.ok(
                            faultless < 2 || hours * 0.2 < limit || world.deletions > 0,
                            `${hours} h, limit ${limit}`,
                        );
                        world.now += 15 * minute;
                    }
                    if (idleAction === "announce") assert.ok(world.deletions === 1, "the limit is enforced");
                    assert.ok(world.deletions <= 1, `${world.deletions} deletions`);
                    const texts = new Map<string, Set<string>>();
                    for (const notification of world.arrived) {
                        texts.set(
                            notification.id,
                            (texts.get(notification.id) ?? new Set()).add(JSON.stringify(notification)),
                        );
                    }
                    for (const [id, said] of texts) assert.equal(said.size, 1, id);
                    const once = world.kinds().filter((kind) => kind !== "idle" && kind !== "idle-withdrawn");
                    assert.equal(new Set(once).size, once.length, once.join(", "));
                },
            ),
            { numRuns: 20 },
        );
        assert.ok(enforced > 0);
    }).timeout(120_000);
});
