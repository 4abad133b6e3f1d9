import assert from "node:assert/strict";
import { foreignRequests } from "../../../core/cost/idle.ts";
import { hour, window } from "../../../core/cost/time.ts";
import { simulateStack } from "../../support/guard-simulation.ts";

const idleStack = (settings: Parameters<typeof simulateStack>[1] = {}) => {
    const simulation = simulateStack("2026-11-02T00:00:00Z", { idleHours: 5, idleGraceHours: 10, ...settings });
    simulation.makeCampaign();
    return simulation;
};

describe("Idle campaign", () => {
    it("the cost guard announces that it will delete an idle campaign, and deletes the campaign later", async () => {
        const simulation = idleStack();
        await simulation.hours(4.9);
        assert.equal(simulation.probes, 0);
        await simulation.hours(1);
        assert.deepEqual(simulation.kinds(), ["idle"]);
        assert.equal(simulation.probes, 1, "it asked once itself, and saw that it was counted");
        const text = String(simulation.lastOf("idle")?.text);
        assert.match(text, /since 2026-11-02 00:00 UTC, and it costs ≈ \$4\.80 \(US price, unverified\) a day/);
        assert.match(text, /until 2026-11-02 15:\d\d UTC, the cost guard parks it/);
        assert.match(text, /tags\.keep/);
        await simulation.hours(9);
        assert.equal(simulation.deletions, 0);
        await simulation.hours(2);
        assert.equal(simulation.deletions, 1);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-parked"]);
        assert.equal(simulation.probes, 2);
        assert.match(String(simulation.parkedReason), /^cost guard: no requests since 2026-11-02 00:00 UTC$/);
    });

    it("with `idle.action: announce`, the cost guard sends one notification and deletes nothing", async () => {
        const simulation = idleStack({ idleAction: "announce" });
        await simulation.hours(60);
        assert.deepEqual(simulation.kinds(), ["idle"]);
        assert.equal(simulation.deletions, 0);
        assert.equal(simulation.probes, 1);
        simulation.config = { ...simulation.config, idleAction: "park" };
        await simulation.hours(1);
        assert.equal(simulation.deletions, 0, "parking was not announced yet");
        await simulation.hours(11);
        assert.equal(simulation.deletions, 1);
        assert.equal(simulation.arrived.length, 3);
    });

    it("without a confirmed address, the cost guard only announces an idle campaign; it parks after a notification to one", async () => {
        const simulation = idleStack();
        simulation.isAddressConfirmed = false;
        await simulation.hours(60);
        assert.deepEqual([simulation.kinds(), simulation.deletions], [["idle"], 0]);
        assert.match(
            String(simulation.lastOf("idle")?.text),
            /does not park it \(no address has confirmed the notifications: npm run budget-alarms\)/,
        );
        simulation.isAddressConfirmed = true;
        await simulation.hours(1);
        assert.match(String(simulation.lastOf("idle")?.text), /Without requests until .*, the cost guard parks it/);
        simulation.isAddressConfirmed = false;
        await simulation.hours(20);
        assert.equal(simulation.deletions, 0, "the address is no longer confirmed");
        simulation.isAddressConfirmed = true;
        await simulation.hours(1);
        assert.deepEqual([simulation.arrived.length, simulation.deletions], [3, 1]);
    });

    it("the cost guard does not park an idle campaign while it cannot read the subscriptions", async () => {
        const simulation = idleStack();
        await simulation.hours(7);
        simulation.refused.add("isAddressConfirmed");
        await simulation.hours(20);
        assert.deepEqual([simulation.kinds(), simulation.deletions], [["idle"], 0]);
        simulation.ask();
        await simulation.hours(1);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-withdrawn"]);
    });

    it("a request to the campaign or a campaign update cancels the announced deletion", async () => {
        for (const wake of ["ask", "update"]) {
            const simulation = idleStack();
            await simulation.hours(7);
            if (wake === "ask") simulation.ask();
            else simulation.campaign = simulation.campaign && { ...simulation.campaign, updatedAt: simulation.now };
            await simulation.hours(4);
            assert.deepEqual(simulation.kinds(), ["idle", "idle-withdrawn"], wake);
            await simulation.hours(5);
            assert.equal(simulation.deletions, 0);
            assert.deepEqual(simulation.kinds(), ["idle", "idle-withdrawn", "idle"], wake);
            await simulation.hours(11);
            assert.equal(simulation.deletions, 1);
        }
    });

    it("the cost guard does not delete an idle campaign with the tag `keep`, even after the announcement", async () => {
        const before = idleStack();
        before.kept = true;
        await before.hours(40);
        assert.deepEqual(before.kinds(), []);
        const after = idleStack();
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

    it("a campaign does not count as idle while CloudWatch data is missing", async () => {
        for (const metrics of ["empty", "broken"] as const) {
            const simulation = idleStack();
            simulation.metrics = metrics;
            await simulation.hours(30);
            assert.deepEqual(simulation.kinds(), metrics === "empty" ? ["metrics-missing"] : []);
            assert.equal(simulation.deletions, 0);
            assert.equal(simulation.arrived.length, metrics === "empty" ? 1 : 0);
        }
    });

    it("the cost guard does not delete a campaign after the announcement while CloudWatch has no data", async () => {
        const simulation = idleStack();
        await simulation.hours(7);
        assert.deepEqual(simulation.kinds(), ["idle"]);
        simulation.metrics = "empty";
        await simulation.hours(40);
        assert.equal(simulation.deletions, 0);
        assert.deepEqual(simulation.kinds(), ["idle", "metrics-missing"]);
        simulation.metrics = "fine";
        await simulation.hours(2);
        assert.equal(simulation.deletions, 1, "late datapoints prove it, too");
    });

    it("a clock error of up to 10 minutes does not change the cost guard's notifications", async () => {
        const simulation = idleStack();
        let ahead = false;
        await simulation.hours(60, () => {
            ahead = !ahead;
            simulation.skew = (ahead ? 10 : -10) * 60_000;
        });
        assert.deepEqual(simulation.kinds(), ["idle", "idle-parked"]);
    });

    it("without CloudWatch data, the cost guard announces no deletion after the tag `keep` is removed", async () => {
        const simulation = idleStack();
        await simulation.hours(12);
        simulation.kept = true;
        await simulation.hours(72);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-withdrawn"]);
        simulation.kept = false;
        simulation.metrics = "empty";
        await simulation.hours(3);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-withdrawn", "metrics-missing"]);
    });

    it("the cost guard explains no parking of an operator whose reason reads like its own", async () => {
        const simulation = idleStack();
        simulation.park("cost guard: no requests since 2026-11-02 00:00 UTC");
        await simulation.hours(1);
        assert.deepEqual(simulation.kinds(), []);
    });

    it("a campaign with rare requests is not idle if no pause reaches `idle.hours`", async () => {
        const simulation = idleStack();
        await simulation.hours(50, () => {
            if (simulation.now % (4.5 * hour) < 3 * window) simulation.ask();
        });
        assert.deepEqual(simulation.kinds(), []);
    });
});

describe("Prefetch and the idle check", () => {
    /** Simulates the prefetch function, which runs each hour. */
    const prefetching = async (simulation: ReturnType<typeof idleStack>, hours: number) =>
        simulation.hours(hours, () => {
            if (simulation.now % hour === window * 3) simulation.prefetch(4);
        });

    it("requests of prefetch do not count as use of the campaign", async () => {
        const simulation = idleStack({ prefetches: true });
        simulation.ask();
        await prefetching(simulation, 4.9);
        assert.deepEqual(simulation.kinds(), []);
        await prefetching(simulation, 1);
        assert.deepEqual(simulation.kinds(), ["idle"]);
        await prefetching(simulation, 10);
        assert.deepEqual(simulation.kinds(), ["idle", "idle-parked"]);
        assert.equal(simulation.deletions, 1);
    });

    it("a viewer's request during prefetch or just before the deletion of the campaign counts as use", async () => {
        const used = idleStack({ prefetches: true });
        await used.hours(40, () => {
            if (used.now % hour === window * 3) used.prefetch(4);
            if (used.now % (4 * hour) === window * 3) used.ask();
        });
        assert.deepEqual(used.kinds(), []);
        const late = idleStack({ prefetches: true });
        await prefetching(late, 15.2);
        assert.deepEqual(late.kinds(), ["idle"]);
        late.ask();
        await prefetching(late, 2);
        assert.deepEqual(late.kinds(), ["idle", "idle-withdrawn"]);
        assert.equal(late.deletions, 0);
    });

    it("all requests count as use while CloudWatch has no data about prefetch", async () => {
        const simulation = idleStack({ prefetches: true });
        await simulation.hours(30, () => {
            if (simulation.now % hour === window * 3) simulation.ask(4);
        });
        assert.deepEqual(simulation.kinds(), []);
        simulation.refused.add("prefetched");
        await simulation.hours(30);
        assert.deepEqual(simulation.kinds(), []);
    });
});

describe("`foreignRequests`, the campaign's requests without those of the program", () => {
    const start = Date.parse("2026-11-02T00:00:00Z");
    const own = new Map([[start, 1]]);
    it("`foreignRequests` subtracts the program's own requests if their times in CloudWatch differ by up to 10 minutes", () => {
        for (const counted of [start, start + window, start + 2 * window, start - 2 * window]) {
            assert.deepEqual([...foreignRequests(new Map([[counted, 1]]), own)], []);
            assert.deepEqual([...foreignRequests(new Map([[counted, 2]]), own)], [[counted, 1]]);
        }
    });
    it("`foreignRequests` does not subtract the program's own requests if their times in CloudWatch differ by 15 minutes", () => {
        const elsewhere = start + 3 * window;
        assert.deepEqual([...foreignRequests(new Map([[elsewhere, 1]]), own)], [[elsewhere, 1]]);
    });
    it("`foreignRequests` first subtracts own requests from the 5-minute window in which they were sent", () => {
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
