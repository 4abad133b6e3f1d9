import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import {
    type ApiHarness,
    campaignFixture,
    createFirstFilm,
    hangs,
    idsOf,
    parseResult,
    startApi,
} from "./api-harness.ts";
import { memoryTable } from "./memory-table.ts";

const [second, minute, hour] = [1000, 60_000, 3_600_000];

describe("Campaign status in the API", () => {
    let harness: ApiHarness;
    beforeEach(() => {
        // With the API key, GET /health returns its details.
        harness = startApi({ config: { apiKey: true } });
    });
    const state = async () => parseResult(await harness.ask("GET /health")).campaign.state;

    it("all processes of the API together call DescribeCampaign once a minute", async () => {
        const processes = [harness.another(), harness.another(), harness.another()];
        for (let passed = 0; passed < 5 * minute; passed += second) {
            harness.clock.at += second;
            for (const service of processes) {
                const event = { httpMethod: "GET", resource: "/health", path: "/health", pathParameters: null };
                const rest = { queryStringParameters: null, headers: null, body: null, isBase64Encoded: false };
                await service.handle({ ...event, ...rest, requestContext: { requestId: "r" } });
            }
        }
        assert.ok(harness.state.describes >= 4 && harness.state.describes <= 6, `${harness.state.describes}`);
    });

    it("after DescribeCampaign confirms a campaign's deletion, the API sends no requests to the campaign until DescribeCampaign returns one", async () => {
        await harness.recommend("a");
        harness.state.status = undefined;
        assert.equal((await harness.recommend("b")).reason, "away");
        for (let passed = 0; passed < 6; passed++) {
            harness.clock.at += second;
            assert.equal((await harness.recommend(`a${passed}`)).reason, "away");
        }
        const asksBefore = harness.state.asks.length;
        for (let passed = 0; passed < 30; passed++) {
            harness.clock.at += second;
            assert.equal((await harness.recommend(`b${passed}`)).reason, "away");
        }
        assert.equal(harness.state.asks.length, asksBefore);
        assert.ok(harness.state.describes <= 7, `${harness.state.describes}`);
        assert.equal(await state(), "away");
        assert.equal(parseResult(await harness.ask("GET /health")).cost.campaignUsdPerHour, 0);

        harness.state.status = "ACTIVE";
        harness.clock.at += 6 * second;
        await harness.recommend("c");
        assert.equal((await harness.recommend("c")).source, "campaign");
        assert.equal(await state(), "serving");
    });

    it("the first request after a pause uses a campaign that was resumed during the pause", async () => {
        await harness.recommend("a");
        harness.state.status = undefined;
        assert.equal((await harness.recommend("b")).reason, "away");
        harness.clock.at += 6 * second;
        assert.equal((await harness.recommend("b")).reason, "away");
        harness.state.status = "ACTIVE";
        harness.clock.at += 5 * minute;
        assert.equal((await harness.recommend("b")).source, "campaign");
    });

    it("a new solution version makes cached lists stale, and `npm run flush-cache` makes them stale too", async () => {
        assert.equal((await harness.recommend("a")).source, "campaign");
        harness.state.version = "v2";
        harness.clock.at += minute;
        await harness.recommend("z");
        assert.equal((await harness.recommend("a")).source, "campaign");
        assert.equal((await harness.recommend("a")).source, "cache");

        harness.table.setStack({ flushed: harness.clock.at });
        harness.clock.at += 11 * second;
        await harness.recommend("z");
        assert.equal((await harness.recommend("a")).source, "campaign");
        assert.equal((await harness.recommend("a")).source, "cache");
        assert.equal(harness.table.stack().flushed, harness.clock.at - 11 * second);
    });

    it("GET /health contains the cost guard's notification while there is no campaign", async () => {
        const at = harness.clock.at;
        harness.table.setStack({ notification: { kind: "parked", text: "The limit is near.", at } });
        assert.equal(parseResult(await harness.ask("GET /health")).notification, undefined);
        harness.table.setStack({ campaign: { status: "DELETE IN_PROGRESS", checkedAt: at + 11 * second } });
        harness.clock.at += 11 * second;
        await harness.ask("GET /health");
        const health = parseResult(await harness.ask("GET /health"));
        assert.deepEqual(health.notification, {
            kind: "parked",
            text: "The limit is near.",
            at: new Date(at).toISOString(),
        });
        assert.deepEqual([health.campaign.state, health.campaign.status], ["away", "DELETE IN_PROGRESS"]);
        const parkedAgain = { status: "", checkedAt: at + 22 * second, activeAt: at + 11 * 60 * second };
        harness.table.setStack({ campaign: parkedAgain });
        harness.clock.at += 11 * second;
        await harness.ask("GET /health");
        assert.equal(
            parseResult(await harness.ask("GET /health")).notification,
            undefined,
            "it served after that notification",
        );
        assert.equal(health.cost.spend, undefined, "the cost guard has not counted yet");
        assert.deepEqual(health.tables, { items: 300, interactionsSha256: "abc", genres: ["Comedy", "Drama"] });
    });

    it("GET /health contains the month's spend that the cost guard stored", async () => {
        const at = harness.clock.at;
        harness.table.setStack({ spend: { month: "2026-01", usd: 12.5, at } });
        await harness.ask("GET /health");
        const { cost } = parseResult(await harness.ask("GET /health"));
        assert.deepEqual(cost.spend, { month: "2026-01", usd: 12.5, countedAt: new Date(at).toISOString() });
        assert.deepEqual([cost.estimatedUsdPerMonth, cost.monthlyLimitUsd], [150, 200]);
    });
});

describe("A stale list", () => {
    it("the API returns a stale list at once, and then refreshes the list", async () => {
        const harness = startApi();
        await harness.recommend("a");
        harness.clock.at += 2 * hour;
        assert.equal((await harness.recommend("a")).source, "cache");
        assert.equal(harness.state.asks.length, 2);
        assert.equal((await harness.recommend("a")).madeAt, new Date(harness.clock.at).toISOString());
        assert.equal(harness.state.asks.length, 2);
        harness.clock.at += 7 * hour;
        assert.equal((await harness.recommend("a")).source, "campaign");
    });

    it("a slow refresh delays no response, and the next request gets the refreshed list", async () => {
        const harness = startApi({ limits: { campaign: 20 } });
        await harness.recommend("a");
        harness.clock.at += 2 * hour;
        const { promise, resolve: thaw } = Promise.withResolvers<void>();
        harness.state.fault = () => promise;
        assert.equal((await harness.recommend("a")).source, "cache");
        harness.state.fault = undefined;
        // Suspend the process longer than a request waits for the campaign.
        await sleep(40);
        thaw();
        await sleep(5);
        assert.equal((await harness.recommend("a")).madeAt, new Date(harness.clock.at).toISOString());
        assert.equal(harness.state.asks.length, 2);
    });

    it("a pending refresh of a list delays no request longer than the campaign's timeout", async () => {
        const harness = startApi({ limits: { campaign: 20 } });
        await harness.recommend("a");
        harness.clock.at += 2 * hour;
        harness.state.fault = hangs;
        await harness.recommend("a");
        harness.clock.at += 6 * hour;
        assert.equal((await harness.recommend("a")).reason, "slow");
    });
});

/** Returns two processes of the API with one campaign and one table. */
function twoProcesses(before?: () => Promise<void>) {
    const shared = { campaign: campaignFixture(), table: memoryTable(before) };
    return { ...shared, one: startApi(shared), other: startApi(shared) };
}

describe("POST /events", () => {
    it("an event changes the viewer's next list in all processes of the API", async () => {
        const { table, one, other } = twoProcesses();
        await one.recommend("a");
        await other.recommend("a");
        const { revision, tracked } = await one.watch("a", "20", "30");
        assert.equal(tracked, true);
        assert.equal(idsOf(await one.recommend("a"))[0], createFirstFilm("a", 2));
        const since = String(revision);
        assert.equal(idsOf(await other.recommend("a", { since }))[0], createFirstFilm("a", 2));
        assert.deepEqual(
            table.recents.get("a")?.items.map(({ itemId }) => itemId),
            ["30", "20"],
        );
    });

    it("the API treats a list as newer than an event only after the event tracker has accepted the event", async () => {
        const { campaign, one, other } = twoProcesses();
        const { promise, resolve: arrive } = Promise.withResolvers<void>();
        campaign.state.eventsFault = () => promise;
        const watching = one.watch("a", "20");
        await sleep(1);
        assert.equal(idsOf(await other.recommend("a"))[0], createFirstFilm("a", 0));
        arrive();
        const { revision } = await watching;
        assert.equal(idsOf(await other.recommend("a", { since: String(revision) }))[0], createFirstFilm("a", 1));
    });

    it("a list that was requested before an event is not stored after the event", async () => {
        const harness = startApi();
        const { promise, resolve: answer } = Promise.withResolvers<void>();
        harness.state.fault = () => promise;
        const before = harness.recommend("a");
        await sleep(1);
        harness.state.fault = undefined;
        const { revision } = await harness.watch("a", "20");
        const since = String(revision);
        assert.equal(idsOf(await harness.recommend("a", { since }))[0], createFirstFilm("a", 1));
        answer();
        assert.equal(idsOf(await before)[0], createFirstFilm("a", 0));
        assert.equal(idsOf(await harness.recommend("a", { since }))[0], createFirstFilm("a", 1));
    });

    it("the API caches a list for only half a second if the viewer sent an event just before", async () => {
        const harness = startApi();
        const { revision } = await harness.watch("a", "20");
        await harness.recommend("a", { since: String(revision) });
        assert.equal((await harness.recommend("a")).source, "cache");
        harness.clock.at += 600;
        assert.equal((await harness.recommend("a")).source, "campaign");
        harness.clock.at += 3000;
        assert.equal((await harness.recommend("a")).source, "campaign");
        harness.clock.at += 3000;
        assert.equal((await harness.recommend("a")).source, "cache");
    });

    it("POST /events succeeds without an event tracker, and if the tracker does not answer", async () => {
        for (const harness of [startApi({ tracker: false }), startApi({ limits: { events: 20 } })]) {
            harness.state.eventsFault = hangs;
            const { revision, tracked } = await harness.watch("a", "20");
            assert.equal(tracked, false);
            assert.ok(revision >= harness.clock.at);
            assert.equal(harness.lastLine().eventsUntracked, 1);
            assert.equal(harness.table.recents.get("a")?.items[0]?.itemId, "20");
        }
    });

    it("POST /events returns increasing revisions despite parallel writers with different clocks", async () => {
        const { table, one, other } = twoProcesses(() => sleep(1));
        const harnesses = [one, other];
        other.clock.at -= 5000;
        const revisions: number[] = [];
        for (let round = 0; round < 5; round++) {
            const answers = await Promise.all(harnesses.map((harness, at) => harness.watch("a", `${round + 1}${at}`)));
            revisions.push(...answers.map(({ revision }) => revision));
        }
        assert.equal(new Set(revisions).size, 10);
        assert.equal(table.recents.get("a")?.revision, Math.max(...revisions));
        assert.equal(table.recents.get("a")?.items.length, 10);
    });

    it("POST /events passes all fields of an event on to the event tracker", async () => {
        const harness = startApi();
        const sentAt = harness.clock.at / 1000 - 3600;
        const event = { eventId: "e", eventType: "Watch", itemId: "3", sentAt, recommendationId: "R" };
        await harness.ask("POST /events", { body: { userId: "a", sessionId: "s", events: [event] } });
        assert.deepEqual(harness.state.put, [{ userId: "a", sessionId: "unproven:s", events: [event] }]);
    });
});
