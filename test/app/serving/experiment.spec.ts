import assert from "node:assert/strict";
import { type Experiment, isControl, subjectId } from "../../../app/serving/experiment.ts";
import { campaignFixture, idsOf, parseResult, startApi } from "./api-harness.ts";
import { memoryTable } from "./memory-table.ts";

const experiment: Experiment = { name: "first", control: "popular", share: 50, windowHours: 24, since: 1 };
const ids = Array.from({ length: 4000 }, (_, at) => `viewer-${at}`);
const control = ids.filter((id) => isControl(experiment, subjectId(experiment, id)));
const [inControl = "", otherControl = ""] = control;
const inCampaign = ids.find((id) => !control.includes(id)) ?? "";
const start = (more: Parameters<typeof startApi>[0] = {}) =>
    startApi({ ...more, config: { experiment, ...more.config } });
const path = "GET /recommendations/{userId}";

describe("Groups of an experiment", () => {
    it("the control group has its share of the viewers, and another experiment divides the viewers independently", () => {
        const shareOf = (other: Partial<Experiment>, of: readonly string[]) => {
            const one = { ...experiment, ...other };
            return of.filter((id) => isControl(one, subjectId(one, id))).length / of.length;
        };
        for (const share of [1, 20, 50, 99]) assert.ok(Math.abs(shareOf({ share }, ids) - share / 100) < 0.025);
        // Each bound is more than four standard deviations.
        assert.ok(Math.abs(shareOf({ name: "second" }, control) - 0.5) < 0.05);
    });
});

describe("Lists during an experiment", () => {
    it("`GET /recommendations` has the same fields and headers in both groups, from memory too, and names no origin", async () => {
        const api = start();
        const shapes = new Set<string>();
        for (const userId of [inControl, inCampaign, inControl, inCampaign]) {
            const { headers, ...result } = await api.ask(path, { path: { userId } });
            const { items, ...answer } = parseResult({ headers, ...result });
            const fields = items.map((item: object) => Object.keys(item).filter((key) => key !== "title"));
            assert.equal(headers["Server-Timing"]?.split(";")[0], "function");
            assert.ok(answer.recommendationId.length <= 40);
            shapes.add(JSON.stringify([Object.keys(answer), fields, Object.keys(headers), headers["Cache-Control"]]));
        }
        assert.deepEqual(
            [...shapes].map((shape) => JSON.parse(shape)[0]),
            [["recommendationId", "viewerKnown"]],
        );
    });

    it("the control group gets lists of the tables without a campaign call, although campaign lists are stored", async () => {
        const [table, campaign] = [memoryTable(), campaignFixture()];
        assert.equal((await startApi({ table, campaign }).recommend(inControl)).source, "campaign");
        const api = start({ table, campaign });
        assert.deepEqual(idsOf(await api.recommend(inControl)).slice(0, 3), ["1", "2", "3"]);
        assert.equal(campaign.state.asks.length, 1);
        await api.recommend(inCampaign);
        assert.equal(campaign.state.asks.length, 2);
    });

    it("the control lists leave out watched films; with control `similar` they are like the newest ones", async () => {
        for (const [kind, expected] of [
            ["popular", ["1", "3"]],
            ["similar", ["3", "4"]],
        ] as const) {
            const api = start({ config: { experiment: { ...experiment, control: kind } } });
            await api.watch(inControl, "2");
            assert.deepEqual(idsOf(await api.recommend(inControl)).slice(0, 2), expected, kind);
        }
    });

    it("a filter that only the campaign can apply is no part of the experiment", async () => {
        const api = start();
        const answer = await api.recommend(inControl, { filter: "again" });
        assert.equal(answer.source, "campaign");
        assert.equal(api.table.records.size, 0);
    });

    it("`GET /popular` names its source, and records no viewer", async () => {
        const api = start();
        assert.equal(parseResult(await api.ask("GET /popular")).source, "popular");
        assert.equal(api.table.records.size, 0);
    });
});

describe("Records of an experiment", () => {
    it("a process writes each viewer once, and again only after a failed write", async () => {
        const api = start({ limits: { grace: 5000 } });
        let writes = 0;
        api.table.state.gate = async (call) => {
            if (call === "putExposure" && ++writes === 1) throw new Error("the table is away");
        };
        for (let at = 0; at < 5; at++) await api.recommend(inCampaign);
        assert.deepEqual([writes, api.table.records.size], [2, 1]);
        for (const userId of [inControl, otherControl, inControl]) await api.recommend(userId);
        assert.deepEqual([writes, api.table.records.size], [4, 3]);
    });

    it("viewers are recorded also while the API pauses its other calls of DynamoDB after failures", async () => {
        const api = start({ limits: { grace: 5000 } });
        api.table.state.gate = async (call) => {
            if (call !== "putExposure") throw new Error("the table is away");
        };
        for (const userId of ids.slice(0, 10)) await api.recommend(userId);
        assert.equal(api.table.records.size, 10);
    });

    it("invented viewers are recorded within the limit of campaign calls, in both groups alike", async () => {
        const api = start({ config: { campaignPerSecond: 4 }, limits: { grace: 5000 } });
        for (let at = 0; at < 400; at++) {
            api.clock.at += 25;
            await api.recommend(`invented-${at}`);
        }
        const { size } = api.table.records;
        // The requests of ten seconds touch two windows of 40 calls, of which the campaign's lists use some.
        assert.ok(size > 20 && size <= 80 && size + api.state.asks.length <= 80, `${size} records`);
        assert.ok([...api.table.records.values()].every(({ proven }) => !proven));
    });

    it("Personalize gets no ID of a list that the API made, and keeps those of the campaign", async () => {
        const api = start();
        for (const userId of [inControl, inCampaign]) {
            const { recommendationId, items } = await api.recommend(userId);
            const events = [{ eventType: "Watch", itemId: items.at(-1).itemId, recommendationId }];
            await api.ask("POST /events", { body: { userId, sessionId: "s", events } });
        }
        const sent = api.state.put.map(({ events }) => events[0]?.recommendationId);
        assert.deepEqual(sent, [undefined, "RID-1"]);
    });

    it("an event before the first list, after the window, or of another type than a watch counts nowhere", async () => {
        const api = start({ limits: { grace: 5000 } });
        await api.watch(inCampaign, "1");
        await api.recommend(inCampaign);
        const types = async (eventType: string, itemId: string) =>
            api.ask("POST /events", { body: { userId: inCampaign, sessionId: "s", events: [{ eventType, itemId }] } });
        await types("Click", "2");
        await types("Watch", "3");
        api.clock.at += experiment.windowHours * 3_600_000;
        await types("Watch", "4");
        assert.deepEqual(
            [...api.table.records.values()].map(({ watched }) => watched.size),
            [1],
        );
    });
});
