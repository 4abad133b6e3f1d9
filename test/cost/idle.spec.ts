import assert from "node:assert/strict";
import { foreignRequests } from "../../cost/idle.ts";
import { hour, window } from "../../cost/time.ts";
import { guardWorld } from "../support/guard-world.ts";

const idleWorld = (settings: Parameters<typeof guardWorld>[1] = {}) => {
    const world = guardWorld("2026-11-02T00:00:00Z", { idleHours: 5, idleGraceHours: 10, ...settings });
    world.makeCampaign();
    return world;
};

describe("Idle campaign", () => {
    it("the guard announces an idle campaign with its price and parks it later", async () => {
        const world = idleWorld();
        await world.hours(4.9);
        assert.equal(world.probes, 0);
        await world.hours(1);
        assert.deepEqual(world.kinds(), ["idle"]);
        assert.equal(world.probes, 1, "it asked once itself, and saw that it was counted");
        const text = String(world.lastOf("idle")?.text);
        assert.match(text, /since 2026-11-02 00:00 UTC, and it costs ≈ \$4\.80 \(US price, unverified\) a day/);
        assert.match(text, /until 2026-11-02 15:\d\d UTC, the cost guard parks it/);
        assert.match(text, /tags\.keep/);
        await world.hours(9);
        assert.equal(world.deletions, 0);
        await world.hours(2);
        assert.equal(world.deletions, 1);
        assert.deepEqual(world.kinds(), ["idle", "idle-parked"]);
        assert.equal(world.probes, 2);
        assert.match(String(world.parkedReason), /^cost guard: no requests since 2026-11-02 00:00 UTC$/);
    });

    it("idleAction: announce sends one notification and parks nothing", async () => {
        const world = idleWorld({ idleAction: "announce" });
        await world.hours(60);
        assert.deepEqual(world.kinds(), ["idle"]);
        assert.equal(world.deletions, 0);
        assert.equal(world.probes, 1);
        world.config = { ...world.config, idleAction: "park" };
        await world.hours(1);
        assert.equal(world.deletions, 0, "parking was not announced yet");
        await world.hours(11);
        assert.equal(world.deletions, 1);
        assert.equal(world.arrived.length, 3);
    });

    it("a request or update withdraws the announcement", async () => {
        for (const wake of ["ask", "update"]) {
            const world = idleWorld();
            await world.hours(7);
            if (wake === "ask") world.ask();
            else world.campaign = world.campaign && { ...world.campaign, updatedAt: world.now };
            await world.hours(4);
            assert.deepEqual(world.kinds(), ["idle", "idle-withdrawn"], wake);
            await world.hours(5);
            assert.equal(world.deletions, 0);
            assert.deepEqual(world.kinds(), ["idle", "idle-withdrawn", "idle"], wake);
            await world.hours(11);
            assert.equal(world.deletions, 1);
        }
    });

    it("the tag keep prevents parking before and after the announcement", async () => {
        const before = idleWorld();
        before.kept = true;
        await before.hours(40);
        assert.deepEqual(before.kinds(), []);
        const after = idleWorld();
        await after.hours(7);
        after.kept = true;
        await after.hours(40);
        assert.deepEqual(after.kinds(), ["idle", "idle-withdrawn"]);
        assert.match(String(after.lastOf("idle-withdrawn")?.text), /has the tag keep/);
        after.kept = false;
        await after.hours(1);
        assert.deepEqual(after.kinds(), ["idle", "idle-withdrawn", "idle"], "it is announced anew before it is parked");
        assert.equal(after.deletions, 0);
    });

    it("missing CloudWatch data never makes a campaign idle", async () => {
        for (const metrics of ["empty", "broken"] as const) {
            const world = idleWorld();
            world.metrics = metrics;
            await world.hours(30);
            assert.deepEqual(world.kinds(), metrics === "empty" ? ["metrics-missing"] : []);
            assert.equal(world.deletions, 0);
            assert.equal(world.arrived.length, metrics === "empty" ? 1 : 0);
        }
    });

    it("the guard does not park while CloudWatch has no data after the announcement", async () => {
        const world = idleWorld();
        await world.hours(7);
        assert.deepEqual(world.kinds(), ["idle"]);
        world.metrics = "empty";
        await world.hours(40);
        assert.equal(world.deletions, 0);
        assert.deepEqual(world.kinds(), ["idle", "metrics-missing"]);
        world.metrics = "fine";
        await world.hours(2);
        assert.equal(world.deletions, 1, "late datapoints prove it, too");
    });

    it("clocks that are 10 minutes off do not change the notifications", async () => {
        const world = idleWorld();
        let ahead = false;
        await world.hours(60, () => {
            ahead = !ahead;
            world.skew = (ahead ? 10 : -10) * 60_000;
        });
        assert.deepEqual(world.kinds(), ["idle", "idle-parked"]);
    });

    it("an old probe does not prove idleness after the tag keep was removed", async () => {
        const world = idleWorld();
        await world.hours(12);
        world.kept = true;
        await world.hours(72);
        assert.deepEqual(world.kinds(), ["idle", "idle-withdrawn"]);
        world.kept = false;
        world.metrics = "empty";
        await world.hours(3);
        assert.deepEqual(world.kinds(), ["idle", "idle-withdrawn", "metrics-missing"]);
    });

    it("a campaign with rare requests within idleHours is not idle", async () => {
        const world = idleWorld();
        await world.hours(50, () => {
            if (world.now % (4.5 * hour) < 3 * window) world.ask();
        });
        assert.deepEqual(world.kinds(), []);
    });
});

describe("Prefetch and the idle check", () => {
    /** Simulates the prefetch, which runs each hour. */
    const prefetching = async (world: ReturnType<typeof idleWorld>, hours: number) =>
        world.hours(hours, () => {
            if (world.now % hour === window * 3) world.prefetch(4);
        });

    it("prefetch requests do not count as use", async () => {
        const world = idleWorld({ prefetches: true });
        world.ask();
        await prefetching(world, 4.9);
        assert.deepEqual(world.kinds(), []);
        await prefetching(world, 1);
        assert.deepEqual(world.kinds(), ["idle"]);
        await prefetching(world, 10);
        assert.deepEqual(world.kinds(), ["idle", "idle-parked"]);
        assert.equal(world.deletions, 1);
    });

    it("a viewer's request in a prefetch window or just before parking counts as use", async () => {
        const used = idleWorld({ prefetches: true });
        await used.hours(40, () => {
            if (used.now % hour === window * 3) used.prefetch(4);
            if (used.now % (4 * hour) === window * 3) used.ask();
        });
        assert.deepEqual(used.kinds(), []);
        const late = idleWorld({ prefetches: true });
        await prefetching(late, 15.2);
        assert.deepEqual(late.kinds(), ["idle"]);
        late.ask();
        await prefetching(late, 2);
        assert.deepEqual(late.kinds(), ["idle", "idle-withdrawn"]);
        assert.equal(late.deletions, 0);
    });

    it("requests count as use while the prefetch metric is missing", async () => {
        const world = idleWorld({ prefetches: true });
        await world.hours(30, () => {
            if (world.now % hour === window * 3) world.ask(4);
        });
        assert.deepEqual(world.kinds(), []);
        world.refused.add("prefetched");
        await world.hours(30);
        assert.deepEqual(world.kinds(), []);
    });
});

describe("foreignRequests", () => {
    const start = Date.parse("2026-11-02T00:00:00Z");
    const own = new Map([[start, 1]]);
    it("foreignRequests subtracts own requests in windows up to two away", () => {
        for (const counted of [start, start + window, start + 2 * window, start - 2 * window]) {
            assert.deepEqual([...foreignRequests(new Map([[counted, 1]]), own)], []);
            assert.deepEqual([...foreignRequests(new Map([[counted, 2]]), own)], [[counted, 1]]);
        }
    });
    it("foreignRequests keeps requests three windows away", () => {
        const elsewhere = start + 3 * window;
        assert.deepEqual([...foreignRequests(new Map([[elsewhere, 1]]), own)], [[elsewhere, 1]]);
    });
    it("foreignRequests subtracts own requests in their own window first", () => {
        const requests = new Map([
            [start, 3],
            [start + window, 5],
            [start + 2 * window, 1],
        ]);
        const prefetched = new Map([
            [start, 3],
            [start + window, 4],
        ]);
        assert.deepEqual(
            [...foreignRequests(requests, prefetched)],
            [
                [start + window, 1],
                [start + 2 * window, 1],
            ],
        );
    });
});
