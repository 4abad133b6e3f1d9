import assert from "node:assert/strict";
import { type Experiment, isControl, subjectId } from "../../../app/serving/experiment.ts";
import { packItems } from "../../../app/serving/item-scores.ts";
import { limits } from "../../../app/serving/limits.ts";
import type { KeptList, StackItems } from "../../../app/serving/ports.ts";
import { busiest, computeRequestInterval, type PrefetchPorts, prefetch } from "../../../app/serving/prefetch.ts";

const start = Date.UTC(2026, 10, 25, 12);
const items = packItems([
    { itemId: "2", score: 0.7 },
    { itemId: "1", score: 0.5 },
]);

/** An in-memory campaign and table, and a clock that advances only during waits. */
function harness(requestsByUser: Record<string, number>, more: { busiestTPS?: number; status?: string } = {}) {
    let now = start;
    const calls: { userId: string; at: number; filter: string | undefined }[] = [];
    const lists = new Map<string, KeptList>();
    const revisions = new Map<string, number>();
    let stack: StackItems = {};
    let failing = false;
    const { status = "ACTIVE", busiestTPS = 0 } = more;
    const ports: PrefetchPorts = {
        campaign: {
            describe: async () =>
                status === "" ? undefined : { status, solutionVersionArn: "version-1", minProvisionedTPS: 1 },
            ask: async ({ userId, filter }) => {
                if (failing) throw new Error("Rate exceeded");
                calls.push({ userId, at: now, filter: filter?.arn });
                return { items, recommendationId: "RID-1" };
            },
        },
        table: {
            viewer: async (userId) => {
                const list = lists.get(userId);
                const recent = { revision: revisions.get(userId) ?? 0, items: [{ itemId: "2", at: start }] };
                return { recent, ...(list && { list }) };
            },
            putList: async (userId, list) => void lists.set(userId, list),
            stack: async () => stack,
        },
        asked: async (hour) =>
            hour === Math.floor(start / 3_600_000)
                ? Object.entries(requestsByUser).map(([userId, requests]) => ({ userId, requests }))
                : [],
        busiestTPS: async () => busiestTPS,
        clock: () => now,
        wait: async (milliseconds) => {
            now += milliseconds;
        },
        log: () => {},
    };
    return {
        calls,
        lists,
        revisions,
        run: (viewers = 100, seconds = 295, watchedFilterArn = "arn:watched", experiment?: Experiment) =>
            prefetch(ports, {
                ...{ viewers, until: now + seconds * 1000, watchedFilterArn, limits },
                ...(experiment && { experiment }),
            }),
        pass: (milliseconds: number) => {
            now += milliseconds;
        },
        flush: () => {
            stack = { flushed: now };
        },
        fail: () => {
            failing = true;
        },
    };
}

const many = Object.fromEntries(Array.from({ length: 300 }, (_, user) => [`user-${user}`, 300 - user]));

describe("Prefetch", () => {
    it("`busiest` returns the users with the most requests over all hours", () => {
        const hours = [
            [
                { userId: "a", requests: 5 },
                { userId: "b", requests: 4 },
            ],
            [
                { userId: "b", requests: 2 },
                { userId: "c", requests: 5 },
            ],
        ];
        assert.deepEqual(busiest(hours, 2), ["b", "a"]);
        assert.deepEqual(busiest([], 2), []);
    });

    it("`prefetch` uses half of the TPS that viewers leave unused, and never exceeds the minimum TPS", async () => {
        assert.equal(computeRequestInterval(1, 0), 2000);
        assert.equal(computeRequestInterval(3, 1), 1000);
        assert.equal(computeRequestInterval(1, 1), undefined);
        const { run, calls } = harness(many, { busiestTPS: 0.4 });
        await run();
        const gaps = calls.slice(1).map(({ at }, index) => at - (calls[index]?.at ?? 0));
        assert.ok(calls.length > 50, `${calls.length}`);
        for (const gap of gaps) assert.ok(1000 / gap + 0.4 <= 1, `${gap}`);
    });

    it("`prefetch` stores lists as precomputed, those of the busiest users first", async () => {
        const { run, calls, lists } = harness({ rare: 1, often: 9 });
        assert.deepEqual(await run(1), { asked: 1, wellAlready: 0 });
        assert.deepEqual(
            calls.map(({ userId }) => userId),
            ["often"],
        );
        assert.equal(lists.get("often")?.from, "precomputed");
        assert.equal(lists.get("often")?.solutionVersion, "version-1");
    });

    it("`prefetch` omits watched films unless the stack has no filter that removes them", async () => {
        const { run, calls, lists } = harness({ a: 1 });
        await run();
        assert.deepEqual([calls[0]?.filter, lists.get("a")?.items.ids], ["arn:watched", "1"]);
        const unfiltered = harness({ a: 1 });
        await unfiltered.run(100, 295, "");
        assert.deepEqual([unfiltered.calls[0]?.filter, unfiltered.lists.get("a")?.items], [undefined, items]);
    });

    it("`prefetch` requests no lists for the control group of an experiment", async () => {
        const experiment = { name: "first", control: "popular", share: 50, windowHours: 24, since: 1 } as const;
        const { run, calls } = harness(many);
        await run(100, 295, "", experiment);
        assert.ok(calls.length > 50, `${calls.length}`);
        assert.ok(calls.every(({ userId }) => !isControl(experiment, subjectId(experiment, userId))));
    });

    it("`prefetch` renews only lists that are outdated because of an event, a flush or their age", async () => {
        const { run, revisions, pass, flush } = harness({ a: 2, b: 1 });
        assert.equal((await run()).asked, 2);
        pass(10_000);
        assert.deepEqual(await run(), { asked: 0, wellAlready: 2 });
        revisions.set("a", start + 10_000);
        assert.deepEqual(await run(), { asked: 1, wellAlready: 1 });
        pass(60_000);
        flush();
        pass(1000);
        assert.equal((await run()).asked, 2);
        pass(limits.fresh);
        assert.equal((await run()).asked, 2);
    });

    it("`prefetch` stops if there is no campaign, no unused TPS or no time left, and after a failure", async () => {
        assert.equal((await harness(many, { status: "" }).run()).stopped, "no campaign");
        assert.equal((await harness(many, { status: "DELETE PENDING" }).run()).stopped, "no campaign");
        assert.equal((await harness(many, { busiestTPS: 2 }).run()).stopped, "no room");
        const short = harness(many);
        assert.equal((await short.run(100, 60)).stopped, "out of time");
        assert.ok(short.calls.length > 20 && short.calls.length <= 30, `${short.calls.length}`);
        const failing = harness(many);
        failing.fail();
        assert.deepEqual(await failing.run(), { asked: 0, wellAlready: 0, stopped: "throttled or failed" });
    });
});
