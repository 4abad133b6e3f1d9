import assert from "node:assert/strict";
import { freshState } from "../../../core/cost/guard-state.ts";
import { simulateStack, solutionArn } from "../../support/guard-simulation.ts";

type Simulation = ReturnType<typeof simulateStack>;

/** Returns a simulated stack with a campaign. */
function withCampaign(settings: Parameters<typeof simulateStack>[1] = {}): Simulation {
    const simulation = simulateStack("2026-11-02T00:00:00Z", settings);
    simulation.makeCampaign();
    return simulation;
}

/** Returns a simulated stack with a campaign and a limit of one dollar, after the guard's first run. */
async function limited(monthlyLimitUsd = 1): Promise<Simulation> {
    const simulation = withCampaign({ monthlyLimitUsd });
    await simulation.run();
    return simulation;
}

/** Scenarios in which the cost guard has something to do, each with the expected result after some days. */
const stories: Record<string, { readonly make: () => Simulation; readonly days: number; readonly kinds: string[] }> = {
    "a limit that is reached": {
        days: 6,
        kinds: ["limit-near", "limit-reached"],
        make: () => withCampaign({ monthlyLimitUsd: 20, idleAction: "announce", idleHours: 999 }),
    },
    "a campaign without requests": {
        days: 4,
        kinds: ["idle", "idle-parked"],
        make: withCampaign,
    },
    "solutions that nothing uses": {
        days: 4,
        kinds: ["unused", "unused-deleted"],
        make: () => {
            const simulation = simulateStack("2026-11-02T00:00:00Z", { unusedAction: "delete", unusedDays: 1 });
            const old = { status: "ACTIVE", changedAt: simulation.now, hasCampaign: false, kept: false };
            simulation.solutions = [
                { ...old, arn: solutionArn("old") },
                { ...old, arn: solutionArn("kept"), kept: true },
                { ...old, arn: solutionArn("used"), hasCampaign: true },
            ];
            return simulation;
        },
    },
};

describe("Cost guard", () => {
    for (const [what, { make, days, kinds }] of Object.entries(stories)) {
        it(`despite crashes at any call, the cost guard handles this case exactly once: ${what}`, async () => {
            const fine = make();
            await fine.hours(days * 24);
            assert.deepEqual(fine.kinds(), kinds);
            assert.equal(fine.shownUsd, Math.round(fine.spend() * 100) / 100, "the page shows the month's spend");
            assert.equal(fine.arrived.length, kinds.length, "nothing arrives twice where nothing dies");
            const { deletions, deleted, calls } = fine;

            // Only a few runs of the guard change anything. For each call in these runs, repeat the simulation twice:
            // first the guard dies before the call, then after it.
            const busy = await busyCalls(make, days);
            assert.ok(busy.length > 20, `${busy.length} of ${calls}`);
            for (const call of busy) {
                for (const after of [false, true]) {
                    const simulation = make();
                    simulation.dieAt = { call, after };
                    await simulation.hours(days * 24);
                    const where = `dead ${after ? "after" : "before"} call ${call}`;
                    assert.deepEqual(simulation.kinds(), kinds, where);
                    assert.equal(simulation.deletions, deletions, where);
                    assert.deepEqual(simulation.deleted, deleted, where);
                    assert.ok(Math.abs(simulation.spend() - fine.spend()) < 0.25, `${where}: ${simulation.spend()}`);
                    for (const id of simulation.ids()) {
                        const same = simulation.arrived.filter((notice) => notice.id === id);
                        assert.equal(new Set(same.map((notice) => JSON.stringify(notice))).size, 1, where);
                    }
                }
            }
        });
    }

    it("the cost guard enforces the monthly limit despite failed calls, and throws an error afterwards", async () => {
        const simulation = await limited();
        simulation.now += 6 * 3_600_000;
        for (const name of ["kept", "requests", "parked", "solutions", "publish"]) simulation.refused.add(name);
        const thrown = await simulation.run();
        assert.equal(simulation.deletions, 1);
        assert.match(String(thrown?.message), /could not read the campaign's requests: Error: requests was throttled/);
        assert.match(String(thrown?.message), /could not publish metrics/);
    });

    it("if DescribeCampaign fails, the cost guard enforces the monthly limit with the campaign's last known state", async () => {
        const simulation = await limited();
        simulation.refused.add("campaign");
        simulation.now += 6 * 3_600_000;
        assert.match(String((await simulation.run())?.message), /could not describe the campaign/);
        assert.equal(simulation.deletions, 1);
    });

    for (const port of ["readState", "writeState"]) {
        it(`if \`${port}\` fails, the cost guard enforces the monthly limit, notifies, and keeps the stored state`, async () => {
            const simulation = await limited();
            const { state } = simulation;
            simulation.now += 6 * 3_600_000;
            simulation.refused.add(port);
            assert.match(String((await simulation.run())?.message), new RegExp(`${port} was throttled`));
            assert.equal(simulation.deletions, 1);
            assert.deepEqual(simulation.kinds(), ["limit-reached"]);
            assert.equal(simulation.state, state);
            simulation.refused.clear();
            assert.equal(await simulation.run(), undefined);
            assert.equal(simulation.deletions, 1);
            assert.deepEqual(simulation.kinds(), ["limit-reached"]);
        });
    }

    it("if the run that parks can neither store its state nor notify, the next run sends `limit-reached`", async () => {
        const simulation = await limited();
        simulation.now += 6 * 3_600_000;
        for (const port of ["writeState", "notify"]) simulation.refused.add(port);
        await simulation.run();
        assert.deepEqual([simulation.deletions, simulation.arrived], [1, []]);
        simulation.refused.clear();
        await simulation.hours(1);
        assert.deepEqual(simulation.kinds(), ["limit-reached"]);
        assert.equal(simulation.arrived.length, 1);
        simulation.makeCampaign();
        await simulation.hours(1);
        assert.deepEqual(
            [simulation.deletions, simulation.kinds()],
            [1, ["limit-reached", "limit-overridden"]],
            "as the notification says, the guard does not park a resumed campaign again",
        );
    });

    it("two runs that can neither store their state nor park send `limit-reached` with one text", async () => {
        const simulation = await limited();
        for (const port of ["writeState", "park"]) simulation.refused.add(port);
        for (const hours of [6, 7]) {
            simulation.now += hours * 3_600_000;
            await simulation.run();
        }
        const [first, second] = simulation.arrived;
        assert.deepEqual([first?.kind, simulation.arrived.length], ["limit-reached", 2]);
        assert.deepEqual(second, first);
    });

    for (const { what, refused, missing } of [
        { what: "although storing its state fails", refused: ["writeState"], missing: [] },
        { what: "although reading whether the API is closed fails", refused: ["isClosed"], missing: [] },
        { what: "although CloudWatch lacks a metric", refused: [], missing: ["ConsumedReadCapacityUnits"] },
    ]) {
        it(`the cost guard blocks requests to the API ${what}, and throws an error with the failure`, async () => {
            const simulation = withCampaign({ monthlyLimitUsd: 100 });
            simulation.serves = true;
            await simulation.run();
            simulation.used.push({ at: simulation.now, usage: { edgeGb: 1000 } });
            simulation.now += 900_000;
            for (const port of refused) simulation.refused.add(port);
            simulation.missingMetrics = missing;
            assert.match(String((await simulation.run())?.message), new RegExp([...refused, ...missing].join("|")));
            assert.equal(simulation.closings.length, 1);
            simulation.now += 900_000;
            await simulation.run();
            assert.equal(simulation.closings.length, 1);
        });
    }

    it("two concurrent runs of the cost guard have the same effects and notifications as one run", async () => {
        for (const make of [
            stories["solutions that nothing uses"]?.make,
            stories["a campaign without requests"]?.make,
        ]) {
            const [once, twice] = [make?.(), make?.()];
            assert.ok(once && twice);
            await once.hours(96);
            for (const end = twice.now + 96 * 3_600_000; twice.now < end; twice.now += 900_000) {
                assert.deepEqual(await Promise.all([twice.run(), twice.run()]), [undefined, undefined]);
            }
            assert.deepEqual(twice.ids(), once.ids());
            assert.equal(twice.arrived.length, once.arrived.length);
            assert.deepEqual([twice.probes, twice.deletions], [once.probes, once.deletions]);
        }
    });

    it("if SNS rejects a notification, the cost guard sends the notification again with the same ID", async () => {
        const simulation = await limited();
        simulation.refused.add("notify");
        await simulation.hours(30);
        assert.deepEqual(simulation.arrived, []);
        simulation.refused.clear();
        await simulation.run();
        await simulation.run();
        assert.deepEqual(simulation.ids(), ["dev/2026-11/limit-near/1", "dev/2026-11/limit-reached/1"]);
        assert.equal(simulation.arrived.length, 2);
        assert.equal(new Date(simulation.shown[0]?.at ?? 0).toISOString().slice(0, 10), "2026-11-02");
    });

    it("before the cost guard sends a notification, it stores the reason that the API shows to viewers", async () => {
        const simulation = withCampaign({ monthlyLimitUsd: 1 });
        simulation.refused.add("show");
        await simulation.hours(30);
        assert.deepEqual(simulation.ids(), ["dev/2026-11/limit-near/1"]);
        simulation.refused.clear();
        await simulation.run();
        assert.deepEqual(
            simulation.shown.map(({ kind }) => kind),
            ["limit-reached"],
        );
        assert.deepEqual(simulation.ids(), ["dev/2026-11/limit-near/1", "dev/2026-11/limit-reached/1"]);
    });

    it("the cost guard replaces an invalid stored state with a new state, notifies, and deletes nothing", async () => {
        const fresh = freshState(Date.parse("2026-11-02T09:00:00Z"), undefined);
        const broken = [
            { spend: { ...fresh.spend, open: [null] } },
            { unsent: [null] },
            { solutions: { old: null } },
            { campaign: { createdAt: 4e12 } },
        ];
        for (const notes of [
            "{",
            "[]",
            "null",
            '{"schemaVersion":2}',
            '{"schemaVersion":1}',
            ...broken.map((part) => JSON.stringify({ ...fresh, ...part })),
        ]) {
            const simulation = withCampaign({ unusedAction: "delete", unusedDays: 1 });
            const old = { status: "ACTIVE", changedAt: simulation.now, hasCampaign: false, kept: false };
            simulation.solutions = [{ ...old, arn: solutionArn("old") }];
            simulation.now += 10 * 3_600_000;
            simulation.state = notes;
            assert.equal(await simulation.run(), undefined);
            assert.deepEqual(simulation.kinds(), ["state-lost"], notes);
            assert.match(String(simulation.lastOf("state-lost")?.text), /--name \/movie-recommender\/dev\/guard$/);
            assert.ok(Math.abs(simulation.spend() - 2) < 0.01, `${simulation.spend()}`);
            assert.deepEqual(simulation.deleted, []);
        }
    });
});

/**
 * Returns the positions (1, 2, 3, …) of calls among all of the guard's calls: the calls of each run that changed
 * something, and of the run before it.
 */
async function busyCalls(make: () => Simulation, days: number): Promise<number[]> {
    const simulation = make();
    const runs: { from: number; to: number; busy: boolean }[] = [];
    let before = 0;
    const done = () => simulation.arrived.length + simulation.deletions + simulation.deleted.length + simulation.probes;
    let doneBefore = 0;
    await simulation.hours(days * 24, () => {
        if (simulation.calls > before) runs.push({ from: before + 1, to: simulation.calls, busy: done() > doneBefore });
        [before, doneBefore] = [simulation.calls, done()];
    });
    return runs.flatMap(({ from, to, busy }, at) =>
        busy || runs[at + 1]?.busy ? Array.from({ length: to - from + 1 }, (_, n) => from + n) : [],
    );
}
