import assert from "node:assert/strict";
import { freshState } from "../../../cost/guard-state.ts";
import { guardWorld, solutionArn } from "../../support/guard-world.ts";

type World = ReturnType<typeof guardWorld>;

function limited(): World {
    const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 20, idleAction: "announce", idleHours: 999 });
    world.makeCampaign();
    return world;
}

/** Scenarios in which the cost guard has something to do, each with the expected result after some days. */
const stories: Record<string, { readonly make: () => World; readonly days: number; readonly kinds: string[] }> = {
    "a limit that is reached": {
        days: 6,
        kinds: ["limit-near", "limit-reached"],
        make: limited,
    },
    "a campaign without requests": {
        days: 4,
        kinds: ["idle", "idle-parked"],
        make: () => {
            const world = guardWorld("2026-11-02T00:00:00Z");
            world.makeCampaign();
            return world;
        },
    },
    "a limit that two campaigns reach": {
        days: 4,
        kinds: ["limit-near", "limit-reached"],
        make: () => {
            const world = limited();
            world.makeRanking();
            return world;
        },
    },
    "solutions that nothing uses": {
        days: 4,
        kinds: ["unused", "unused-deleted"],
        make: () => {
            const world = guardWorld("2026-11-02T00:00:00Z", { unusedAction: "delete", unusedDays: 1 });
            const old = { status: "ACTIVE", changedAt: world.now, hasCampaign: false, kept: false };
            world.solutions = [
                { ...old, arn: solutionArn("old") },
                { ...old, arn: solutionArn("kept"), kept: true },
                { ...old, arn: solutionArn("used"), hasCampaign: true },
            ];
            return world;
        },
    },
};

describe("Cost guard", () => {
    for (const [what, { make, days, kinds }] of Object.entries(stories)) {
        it(`runs that crash at any call handle ${what} once`, async () => {
            const fine = make();
            await fine.hours(days * 24);
            assert.deepEqual(fine.kinds(), kinds);
            assert.equal(fine.shownUsd, Math.round(fine.spend() * 100) / 100, "the page shows the month's spend");
            assert.equal(fine.arrived.length, kinds.length, "nothing arrives twice where nothing dies");
            const { deletions, rankingDeletions, deleted, calls } = fine;

            // Few runs change anything. For each call of those runs, one run dies before the call and one dies after it.
            const busy = await busyCalls(make, days);
            assert.ok(busy.length > 20, `${busy.length} of ${calls}`);
            for (const call of busy) {
                for (const after of [false, true]) {
                    const world = make();
                    world.dieAt = { call, after };
                    await world.hours(days * 24);
                    const where = `dead ${after ? "after" : "before"} call ${call}`;
                    assert.deepEqual(world.kinds(), kinds, where);
                    assert.equal(world.deletions, deletions, where);
                    assert.equal(world.rankingDeletions, rankingDeletions, where);
                    assert.deepEqual(world.deleted, deleted, where);
                    assert.ok(Math.abs(world.spend() - fine.spend()) < 0.25, `${where}: ${world.spend()}`);
                    for (const id of world.ids()) {
                        const same = world.arrived.filter((notice) => notice.id === id);
                        assert.equal(new Set(same.map((notice) => JSON.stringify(notice))).size, 1, where);
                    }
                }
            }
        }).timeout(120_000);
    }

    it("the guard enforces the limit although other observations fail, and throws the failures", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        await world.run();
        world.now += 6 * 3_600_000;
        for (const name of ["kept", "requests", "parked", "solutions", "publish"]) world.refused.add(name);
        const thrown = await world.run();
        assert.equal(world.deletions, 1);
        assert.match(String(thrown?.message), /could not read the campaign's requests: Error: requests was throttled/);
        assert.match(String(thrown?.message), /could not publish metrics/);
    });

    it("the guard enforces the limit by its last observation if DescribeCampaign fails", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        await world.run();
        world.refused.add("campaign");
        world.now += 6 * 3_600_000;
        assert.match(String((await world.run())?.message), /could not describe the campaign/);
        assert.equal(world.deletions, 1);
    });

    for (const port of ["readState", "writeState"]) {
        it(`the guard enforces the limit without ${port}, keeps the stored state and notifies`, async () => {
            const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
            world.makeCampaign();
            await world.run();
            const { state } = world;
            world.now += 6 * 3_600_000;
            world.refused.add(port);
            assert.match(String((await world.run())?.message), new RegExp(`${port} was throttled`));
            assert.equal(world.deletions, 1);
            assert.deepEqual(world.kinds(), ["limit-reached"]);
            assert.equal(world.state, state);
            world.refused.clear();
            assert.equal(await world.run(), undefined);
            assert.equal(world.deletions, 1);
            assert.deepEqual(world.kinds(), ["limit-reached"]);
        });
    }

    for (const { what, refused, missing } of [
        { what: "without its state", refused: ["writeState"], missing: [] },
        { what: "with an unreadable closed flag", refused: ["isClosed"], missing: [] },
        { what: "without one of the metrics", refused: [], missing: ["ConsumedReadCapacityUnits"] },
    ]) {
        it(`the guard closes the API ${what} and throws the failure`, async () => {
            const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 100 });
            world.makeCampaign();
            world.serves = true;
            await world.run();
            world.used.push({ at: world.now, usage: { edgeGb: 1000 } });
            world.now += 900_000;
            for (const port of refused) world.refused.add(port);
            world.missingMetrics = missing;
            assert.match(String((await world.run())?.message), new RegExp([...refused, ...missing].join("|")));
            assert.equal(world.closings.length, 1);
            world.now += 900_000;
            await world.run();
            assert.equal(world.closings.length, 1);
        });
    }

    it("two concurrent runs have the effects and notifications of one run", async () => {
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

    it("the guard sends a notification again, with the same ID, after SNS rejected it", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        await world.run();
        world.refused.add("notify");
        await world.hours(30);
        assert.deepEqual(world.arrived, []);
        world.refused.clear();
        await world.run();
        await world.run();
        assert.deepEqual(world.ids(), ["dev/2026-11/limit-near/1", "dev/2026-11/limit-reached/1"]);
        assert.equal(world.arrived.length, 2);
        assert.equal(world.lastOf("limit-reached")?.at.slice(0, 10), "2026-11-02");
    });

    it("the guard stores the reason for viewers before it sends the notification", async () => {
        const world = guardWorld("2026-11-02T00:00:00Z", { monthlyLimitUsd: 1 });
        world.makeCampaign();
        world.refused.add("show");
        await world.hours(30);
        assert.deepEqual(world.ids(), ["dev/2026-11/limit-near/1"]);
        world.refused.clear();
        await world.run();
        assert.deepEqual(world.shown, ["limit-reached"]);
        assert.deepEqual(world.ids(), ["dev/2026-11/limit-near/1", "dev/2026-11/limit-reached/1"]);
    });

    it("the guard rebuilds invalid state from AWS, notifies and deletes nothing", async () => {
        const fresh = freshState(Date.parse("2026-11-02T09:00:00Z"), undefined);
        const broken = [
            { ranking: 5 },
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
            const world = guardWorld("2026-11-02T00:00:00Z", { unusedAction: "delete", unusedDays: 1 });
            world.makeCampaign();
            const old = { status: "ACTIVE", changedAt: world.now, hasCampaign: false, kept: false };
            world.solutions = [{ ...old, arn: solutionArn("old") }];
            world.now += 10 * 3_600_000;
            world.state = notes;
            assert.equal(await world.run(), undefined);
            assert.deepEqual(world.kinds(), ["state-lost"], notes);
            assert.match(String(world.lastOf("state-lost")?.text), /--name \/movie-recommender\/dev\/guard$/);
            assert.ok(Math.abs(world.spend() - 2) < 0.01, `${world.spend()}`);
            assert.deepEqual(world.deleted, []);
        }
    });
});

/** Returns the numbers of the calls in runs that changed something, and in the run before each. */
async function busyCalls(make: () => World, days: number): Promise<number[]> {
    const world = make();
    const runs: { from: number; to: number; busy: boolean }[] = [];
    let before = 0;
    const done = () => world.arrived.length + world.deletions + world.deleted.length + world.probes;
    let doneBefore = 0;
    await world.hours(days * 24, () => {
        if (world.calls > before) {
            runs.push({ from: before + 1, to: world.calls, busy: done() > doneBefore });
        }
        [before, doneBefore] = [world.calls, done()];
    });
    return runs.flatMap(({ from, to, busy }, at) =>
        busy || runs[at + 1]?.busy ? Array.from({ length: to - from + 1 }, (_, n) => from + n) : [],
    );
}
