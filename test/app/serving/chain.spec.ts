import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { listViewers } from "../../../data-prep/tables/viewers.ts";
import {
    type ApiHarness,
    createFirstFilm,
    hangs,
    idsOf,
    parseResult,
    serviceError,
    startApi,
    tablesDocument,
    throws,
} from "./api-harness.ts";

const hour = 3_600_000;
const away = throws(serviceError("the table is away", 500));

describe("GET /recommendations/{userId}", () => {
    let harness: ApiHarness;
    beforeEach(() => {
        harness = startApi({ limits: { campaign: 60, table: 40, resting: 500 } });
    });

    it("lists come first from the campaign, then from the process's memory, then from DynamoDB", async () => {
        const first = await harness.recommend("a", { numResults: "3" });
        assert.equal(first.source, "campaign");
        assert.deepEqual(idsOf(first), [createFirstFilm("a", 0), "100", "101"]);
        assert.deepEqual(first.items[1], {
            itemId: "100",
            title: "Film 100",
            year: 1999,
            genres: ["Drama"],
            score: 0.005,
        });
        assert.equal(first.recommendationId, "RID-1");
        // The call requests 20 more films than the caller, because the API may leave out up to 20.
        assert.equal(harness.state.asks[0]?.numResults, 120);

        const second = await harness.recommend("a", { numResults: "100" });
        assert.deepEqual([second.source, second.reason, second.recommendationId], ["cache", undefined, "RID-1"]);
        assert.equal(second.items.length, 100);
        assert.equal(harness.lastLine().layer, "memory");

        harness.restart();
        assert.deepEqual(idsOf(await harness.recommend("a", { numResults: "3" })), idsOf(first));
        assert.equal(harness.lastLine().layer, "table");
        assert.equal(harness.state.asks.length, 1);
    });

    it("`viewerKnown` is true for viewers who are in the data or have an event", async () => {
        const viewerKnown = async (userId: string) => (await harness.recommend(userId)).viewerKnown;
        assert.equal(await viewerKnown("a"), null, "tables of an earlier release list no viewers");
        const viewers = listViewers(["a", "b"]) ?? "";
        harness = startApi({ tables: { ...tablesDocument, viewers } });
        assert.deepEqual([await viewerKnown("a"), await viewerKnown("b"), await viewerKnown("c")], [true, true, false]);
        harness.state.status = undefined;
        assert.equal(await viewerKnown("d"), false, "also without a campaign");
        await harness.watch("c", "5");
        assert.equal(await viewerKnown("c"), true);
        harness.restart();
        assert.equal(await viewerKnown("c"), true, "for another process too");
    });

    it("`viewerKnown` is null for a viewer who is not in the data, if DynamoDB does not answer", async () => {
        harness = startApi({ tables: { ...tablesDocument, viewers: listViewers(["b"]) ?? "" } });
        harness.table.state.gate = away;
        assert.equal((await harness.recommend("a")).viewerKnown, null);
        assert.equal((await harness.recommend("b")).viewerKnown, true);
    });

    it("each combination of filter, filter values and context has its own cached list", async () => {
        const ask = (query: Record<string, string>) => harness.recommend("a", query);
        await ask({});
        await ask({ filter: "genre", filterValues: '{"G":"\\"Drama\\"","H":"1"}' });
        await ask({ filter: "genre", filterValues: '{"H":"1","G":"\\"Drama\\""}' });
        await ask({ filter: "genre", filterValues: '{"G":"\\"Comedy\\""}' });
        await ask({ context: '{"DEVICE":"phone"}' });
        await ask({ context: '{"DEVICE":"phone"}' });
        assert.deepEqual(
            harness.state.asks.map(({ filter, context }) => [filter?.arn, filter?.values.G, context.DEVICE]),
            [
                ["arn:watched", undefined, undefined],
                ["arn:genre", '"Drama"', undefined],
                ["arn:genre", '"Comedy"', undefined],
                ["arn:watched", undefined, "phone"],
            ],
        );
    });

    it("concurrent requests for the same list share one campaign call", async () => {
        const lists = await Promise.all(Array.from({ length: 20 }, () => harness.recommend("a")));
        assert.equal(harness.state.asks.length, 1);
        for (const list of lists) assert.deepEqual(idsOf(list), idsOf(lists[0]));
    });

    const faults: [string, () => Promise<never>, string][] = [
        ["throttled", throws(serviceError("ThrottlingException")), "throttled"],
        ["overloaded", throws(serviceError("Anything", 503)), "throttled"],
        ["deleted", throws(serviceError("ResourceNotFoundException")), "away"],
        ["hanging", hangs, "slow"],
        ["unreachable", throws(new Error("socket hang up")), "failed"],
    ];
    for (const [what, fault, reason] of faults) {
        it(`the API returns a cached list, else similar films, else popular films (${what} campaign)`, async () => {
            await harness.recommend("a");
            harness.clock.at += 8 * hour;
            harness.state.fault = fault;
            const stale = await harness.recommend("a", { numResults: "2" });
            assert.deepEqual([stale.source, stale.reason], ["cache", reason]);
            assert.deepEqual(idsOf(stale), [createFirstFilm("a", 0), "100"]);

            const nobody = await harness.recommend("b", { numResults: "3" });
            assert.deepEqual([nobody.source, idsOf(nobody)], ["popular", ["1", "2", "3"]]);
            assert.ok("reason" in nobody && !("score" in nobody.items[0]));

            const { revision } = await harness.watch("b", "20");
            const similar = await harness.recommend("b", { numResults: "3", since: String(revision) });
            assert.deepEqual([similar.source, idsOf(similar)], ["similar", ["21", "22", "23"]]);
            assert.deepEqual(idsOf({ items: similar.because }), ["20"]);
        });
    }

    it("lists omit watched films even if the campaign's filter includes them", async () => {
        const [own, other] = [createFirstFilm("a", 3), createFirstFilm("b", 0)];
        await harness.watch("a", "100", "102", "103");
        // Test both filters: a filter that the request names replaces the default filter.
        for (const query of [{}, { filter: "genre" }]) {
            const first = await harness.recommend("a", { numResults: "3", ...query });
            assert.deepEqual([first.source, idsOf(first)], ["campaign", [own, "101", "104"]]);
            const all = await harness.recommend("a", { numResults: "100", ...query });
            assert.deepEqual([all.source, all.items.length], ["cache", 100]);
            assert.ok(!["100", "102", "103"].some((film) => idsOf(all).includes(film)));
        }
        assert.deepEqual(idsOf(await harness.recommend("b", { numResults: "2" })), [other, "100"]);
    });

    it("lists contain films with events other than Watch, and watched films if the filter includes them", async () => {
        const event = (eventType: string, itemId: string) => ({ eventType, itemId });
        const events = [event("Click", "100"), event("WATCH", "101"), event("Watch", "102"), event("Click", "102")];
        await harness.ask("POST /events", { body: { userId: "a", sessionId: "s", events } });
        const list = async (query: Record<string, string> = {}) =>
            idsOf(await harness.recommend("a", { numResults: "4", ...query }));
        assert.deepEqual(await list(), [createFirstFilm("a", 4), "100", "103", "104"]);
        assert.deepEqual(await list({ filter: "again" }), [createFirstFilm("a", 4), "100", "101", "102"]);
        harness.restart();
        harness.clock.at += hour / 2;
        assert.deepEqual(await list(), [createFirstFilm("a", 4), "100", "103", "104"], "from the table");
        harness.table.state.gate = away;
        await harness.ask("POST /events", { body: { userId: "a", sessionId: "s", events: [event("Click", "104")] } });
        assert.deepEqual((await list()).slice(1), ["100", "103", "104"], "without the table");
    });

    it("lists omit films with NotInterested events, and are not based on those films", async () => {
        const refuse = (itemId: string) => {
            const events = [{ eventType: "NotInterested", itemId }];
            return harness.ask("POST /events", { body: { userId: "a", sessionId: "s", events } });
        };
        await refuse("100");
        const list = async () => idsOf(await harness.recommend("a", { numResults: "2" }));
        assert.deepEqual(await list(), [createFirstFilm("a", 1), "101"]);
        harness.restart();
        harness.clock.at += hour / 2;
        assert.deepEqual(await list(), [createFirstFilm("a", 1), "101"], "from the table");
        const history = parseResult(await harness.ask("GET /history/{userId}", { path: { userId: "a" } }));
        assert.equal(history.total, 0);
        harness = startApi();
        harness.state.fault = throws(serviceError("ThrottlingException"));
        await refuse("1");
        const popular = await harness.recommend("a", { numResults: "2" });
        assert.deepEqual([popular.source, idsOf(popular)], ["popular", ["2", "3"]]);
    });

    it("a missing filter that a request names does not make the campaign unavailable for other requests", async () => {
        const harness = startApi();
        harness.state.filterGone = true;
        const { source, reason } = await harness.recommend("1", { filter: "genre" });
        assert.deepEqual([source, reason], ["popular", "filter-not-served"]);
        for (const userId of ["2", "3"]) assert.equal((await harness.recommend(userId)).source, "campaign");
        // The API asks Personalize once whether the campaign exists, however often a caller names the filter.
        const { describes } = harness.state;
        harness.clock.at += 6000;
        for (let at = 0; at < 20; at++) await harness.recommend(`${at}`, { filter: "genre" });
        assert.ok(harness.state.describes <= describes + 1, `${harness.state.describes}`);
        assert.equal((await harness.recommend("4")).source, "campaign");
    });

    it("the API repeats GetRecommendations without the default filter if that filter was deleted", async () => {
        harness.state.filterGone = true;
        await harness.watch("a", "100");
        const answer = await harness.recommend("a", { numResults: "2" });
        assert.deepEqual([answer.source, idsOf(answer)], ["campaign", [createFirstFilm("a", 1), "101"]]);
        assert.deepEqual(
            harness.state.asks.map(({ filter }) => filter?.arn),
            ["arn:watched", undefined],
        );
        assert.equal(harness.lastLine().CampaignFailures, 1);
        assert.equal(parseResult(await harness.ask("GET /health")).campaign.state, "serving");
        assert.equal((await harness.recommend("b", { filter: "genre" })).reason, "filter-not-served");
    });

    it("lists contain watched films if the stack has no filter that removes watched films", async () => {
        harness = startApi({ config: { watchedFilterArn: "" } });
        await harness.watch("a", "100");
        assert.deepEqual(idsOf(await harness.recommend("a", { numResults: "2" })), [createFirstFilm("a", 1), "100"]);
        assert.equal(harness.state.asks[0]?.filter, undefined);
    });

    it("a cached list omits films that the viewer watched after the list was made", async () => {
        await harness.recommend("a");
        await harness.watch("a", "101");
        harness.state.fault = throws(serviceError("ThrottlingException"));
        assert.deepEqual(idsOf(await harness.recommend("a", { numResults: "3" })), [
            createFirstFilm("a", 0),
            "100",
            "102",
        ]);
    });

    it("the API returns no list older than the revision in `since`, even during throttling", async () => {
        await harness.recommend("a");
        const { revision } = await harness.watch("a", "20");
        harness.state.fault = throws(serviceError("ThrottlingException"));
        const answer = await harness.recommend("a", { since: String(revision), numResults: "1" });
        assert.deepEqual([answer.source, answer.reason, idsOf(answer)], ["similar", "throttled", ["21"]]);
    });

    it("a fallback list has the reason `filter-not-served` if the request contains a filter", async () => {
        harness.state.fault = throws(serviceError("ThrottlingException"));
        assert.equal((await harness.recommend("a", { filter: "unwatched" })).reason, "filter-not-served");
    });

    it("a request whose filter values Personalize refuses gets 400, and does not affect other requests", async () => {
        harness.state.fault = throws(serviceError("InvalidInputException"));
        for (let count = 0; count < 8; count++) {
            const { status, errors } = await harness.recommend(`u${count}`, { filter: "genre" });
            assert.deepEqual([status, errors[0].in], [400, "query filterValues"]);
        }
        harness.state.fault = undefined;
        assert.equal((await harness.recommend("c")).source, "campaign");
    });

    it("the API returns a stored precomputed list, and adds the reason `away` (no campaign) if the list is old", async () => {
        const list = { key: "", madeAt: harness.clock.at, revision: 0, from: "precomputed" as const };
        await harness.table.port.putList(
            "a",
            { ...list, items: { ids: "7", scores: undefined } },
            0,
            new AbortController().signal,
        );
        harness.state.status = "DELETE PENDING";
        harness.table.setStack({ campaign: { status: harness.state.status, checkedAt: harness.clock.at } });
        assert.deepEqual(await harness.recommend("a").then(({ source, reason }) => [source, reason]), [
            "precomputed",
            undefined,
        ]);
        harness.clock.at += 30 * hour;
        assert.deepEqual(await harness.recommend("a").then(({ source, reason }) => [source, reason]), [
            "precomputed",
            "away",
        ]);
    });

    it("lists come from the campaign and reflect events while DynamoDB is unavailable", async () => {
        harness.table.state.gate = away;
        await harness.recommend("first");
        assert.equal((await harness.recommend("a")).source, "campaign");
        assert.equal((await harness.recommend("a")).source, "cache");
        const { revision, tracked } = await harness.watch("a", "20");
        assert.equal(tracked, true);
        const after = await harness.recommend("a", { since: String(revision) });
        assert.deepEqual([after.source, idsOf(after)[0]], ["campaign", createFirstFilm("a", 1)]);
        harness.table.state.gate = hangs;
        assert.equal((await harness.recommend("b")).source, "campaign");
        harness.state.fault = throws(serviceError("ThrottlingException"));
        assert.deepEqual(idsOf(await harness.recommend("a", { since: String(revision + 1), numResults: "1" })), ["21"]);
    });

    it("the API pauses calls of a failing campaign and then retries", async () => {
        harness.state.fault = throws(serviceError("ThrottlingException"));
        for (let count = 0; count < 20; count++) await harness.recommend(`u${count}`);
        assert.equal(harness.state.asks.length, 5);
        assert.equal((await harness.recommend("x")).reason, "throttled");
        const state = async () => parseResult(await harness.ask("GET /health")).campaign.state;
        assert.equal(await state(), "resting");
        harness.state.fault = undefined;
        while ((await state()) === "resting") await sleep(20);
        assert.equal(await state(), "serving");
        assert.equal((await harness.recommend("x")).source, "campaign");
        assert.equal((await harness.recommend("y")).source, "campaign");
    });
});
