import assert from "node:assert/strict";
import { networkOf, originHeader } from "../../../app/serving/addresses.ts";
import { eventsPerAddress, eventsPerViewer } from "../../../app/serving/limits.ts";
import { itemAt } from "../../support/item-at.ts";
import { type ApiHarness, type Asked, campaignFixture, parseResult, startApi } from "./api-harness.ts";
import { memoryTable } from "./memory-table.ts";

/** The events of a viewer, at most ten. */
const eventsOf = (userId: string, count = 1, event: object = {}, more: Partial<Asked> = {}) => ({
    body: {
        userId,
        sessionId: "s",
        events: Array.from({ length: count }, () => ({ eventType: "Watch", itemId: "3", ...event })),
    },
    ...more,
});

/** Returns the number of responses by status. */
async function statuses(
    count: number,
    ask: (at: number) => ReturnType<ApiHarness["ask"]>,
): Promise<Record<string, number>> {
    const statusCounts: Record<string, number> = {};
    for (let at = 0; at < count; at++) {
        const { statusCode } = await ask(at);
        statusCounts[statusCode] = (statusCounts[statusCode] ?? 0) + 1;
    }
    return statusCounts;
}

describe("Events of unauthenticated callers", () => {
    let harness: ApiHarness;
    beforeEach(() => {
        harness = startApi();
    });

    const day = 24 * 3600;
    const now = () => harness.clock.at / 1000;
    const refused: [string, () => object, string, RegExp][] = [
        [
            "of an unknown film",
            () => ({ itemId: "nope" }),
            "/events/0/itemId",
            /must be in the catalog .*: no film has this id/,
        ],
        ["with control characters", () => ({ itemId: "3\u0000" }), "/events/0/itemId", /control characters/],
        [
            "with a terminal escape sequence",
            () => ({ eventType: "Watch\u001b[2J" }),
            "/events/0/eventType",
            /control char/,
        ],
        ["of tomorrow", () => ({ sentAt: now() + day }), "/events/0/sentAt", /in the future/],
        ["of the day before yesterday", () => ({ sentAt: now() - day - 1 }), "/events/0/sentAt", /older than a day/],
    ];
    for (const [what, event, place, message] of refused) {
        it(`POST /events rejects events ${what} and stores nothing`, async () => {
            const result = await harness.ask("POST /events", eventsOf("a", 1, event()));
            assert.equal(result.statusCode, 400);
            const { errors } = parseResult(result);
            assert.match(errors.find((fault: { in: string }) => fault.in === `body ${place}`)?.message, message);
            assert.deepEqual([harness.state.put.length, harness.table.recents.size], [0, 0]);
        });
    }

    it("POST /events accepts a `sentAt` one minute ahead or almost a day ago", async () => {
        for (const sentAt of [now() + 59, now() - day + 1]) {
            assert.equal((await harness.ask("POST /events", eventsOf("a", 1, { sentAt }))).statusCode, 202);
        }
    });

    it("POST /events rejects a user ID of more than 256 bytes", async () => {
        const result = await harness.ask("POST /events", eventsOf("€".repeat(86)));
        assert.deepEqual([result.statusCode, parseResult(result).errors[0].in], [400, "body /userId"]);
    });

    it("the limit of events per viewer and minute applies to all API processes together", async () => {
        const other = startApi({ table: harness.table });
        const statusCounts = await statuses(eventsPerViewer, (at) =>
            (at % 2 ? harness : other).ask("POST /events", eventsOf("22", 2, {}, { from: `192.0.2.${at}` })),
        );
        assert.deepEqual(statusCounts, { 202: eventsPerViewer / 2, 429: eventsPerViewer / 2 });
        assert.equal(harness.table.recents.get("22")?.counted?.events, eventsPerViewer);
        const refusal = await harness.ask("POST /events", eventsOf("22"));
        assert.deepEqual(
            [refusal.headers["Retry-After"], parseResult(refusal).type],
            ["60", "/problems/too-many-events"],
        );
        assert.equal((await harness.ask("POST /events", eventsOf("23"))).statusCode, 202);
        harness.clock.at += 60_000;
        assert.equal((await harness.ask("POST /events", eventsOf("22"))).statusCode, 202);
    });

    it("the event limit per minute and IP address applies to all API processes together", async () => {
        const other = startApi({ table: harness.table });
        const from = "198.51.100.7";
        const flood = (asker: ApiHarness) => (at: number) =>
            asker.ask("POST /events", eventsOf(`v${at}`, 10, {}, { from }));
        const all = eventsPerAddress / 10;
        assert.deepEqual(await statuses(all, flood(harness)), { 202: all });
        // The other process has not seen this IP address yet, so it accepts up to three requests. It learns the total
        // of all processes when it reports its own requests.
        const late = await statuses(all, flood(other));
        assert.ok((late[202] ?? 0) <= 3, JSON.stringify(late));
        let calls = 0;
        harness.table.state.gate = async () => {
            calls += 1;
        };
        assert.deepEqual(await statuses(50, flood(harness)), { 429: 50 });
        assert.equal(calls, 0);
        assert.equal(
            (await harness.ask("POST /events", eventsOf("b", 1, {}, { from: "203.0.113.1" }))).statusCode,
            202,
        );
        const writes = [...harness.table.counts.keys()];
        assert.ok(
            writes.every((key) => !key.includes(from)),
            writes.join(),
        );
    });

    it("a forged X-Forwarded-For header does not evade the limit per IP address", async () => {
        const forged = (at: number, last: string) => ({
            from: "198.51.100.7",
            headers: { "x-forwarded-for": `10.0.0.${at}, ${last}` },
        });
        const direct = await statuses(40, (at) =>
            harness.ask("POST /events", eventsOf(`v${at}`, 10, {}, forged(at, "198.51.100.7"))),
        );
        assert.deepEqual(direct, { 202: 30, 429: 10 });
        // CloudFront appends the viewer's address, and API Gateway appends CloudFront's address. The caller can choose
        // the entries before these two.
        const behind = startApi({ config: { originToken: "token" } });
        const sent = (at: number, token: string, viewer: string) => {
            const { from, headers } = forged(at, `${viewer}, 198.51.100.7`);
            return behind.ask(
                "POST /events",
                eventsOf(`w${at}`, 10, {}, { from, headers: { ...headers, [originHeader]: token } }),
            );
        };
        const through = await statuses(40, (at) => sent(at, "token", "192.0.2.1"));
        assert.deepEqual(through, { 202: 30, 429: 10 });
        assert.deepEqual(await statuses(10, (at) => sent(at, "token", "192.0.2.2")), { 202: 10 });
        const past = await statuses(40, (at) => sent(at, "guessed", `192.0.2.${at + 10}`));
        assert.deepEqual(past, { 202: 30, 429: 10 }, "past CloudFront");
    });

    it("`networkOf` returns the same network for IPv6 addresses that share its bits", () => {
        const of = (address: string) => [64, 56, 48].map((bits) => networkOf(address, bits));
        assert.deepEqual(of("2001:db8:0:7::1"), of("2001:0DB8::7:1:2:3:4"));
        const [one, other] = [of("2001:db8:0:7::1"), of("2001:db8:0:8::1")];
        assert.deepEqual([one[0] === other[0], one[1] === other[1]], [false, true]);
        assert.notEqual(of("2001:db8:0:107::1")[1], one[1]);
        assert.equal(of("2001:db8:0:107::1")[2], one[2]);
        assert.deepEqual([networkOf("::1", 64), networkOf("192.0.2.1", 48)], ["0/64", "192.0.2.1"]);
    });

    it("the event limit applies to the networks of an IPv6 customer", async () => {
        const flood = (count: number, step: number) =>
            statuses(count, (at) => {
                const from = `2001:db8:${step}:${(at * step).toString(16)}::1`;
                return harness.ask("POST /events", eventsOf(`v${step}-${at}`, 10, {}, { from }));
            });
        assert.equal((await flood(200, 0x1))[202], (2 * eventsPerAddress) / 10, "of one /56");
        assert.equal((await flood(200, 0x100))[202], (4 * eventsPerAddress) / 10, "of one /48");
    });

    it("requests with the API key are not limited per IP address", async () => {
        const keyed = startApi({ config: { apiKey: true } });
        const statusCounts = await statuses(60, (at) =>
            keyed.ask("POST /events", eventsOf(`v${at}`, 10, {}, { from: "192.0.2.1" })),
        );
        assert.deepEqual(statusCounts, { 202: 60 });
    });
});

describe("Requests for lists by unauthenticated callers", () => {
    it("list requests with a forged future time in `since` cause no campaign call", async () => {
        const harness = startApi();
        const { revision } = await harness.watch("9", "20");
        harness.clock.at += 10_000;
        await harness.recommend("9", { since: String(revision) });
        const before = harness.state.asks.length;
        for (let at = 0; at < 100; at++) {
            harness.clock.at += 600;
            const since = String(harness.clock.at + 30_000 + at);
            assert.equal((await harness.recommend("9", { since })).source, "cache");
        }
        assert.equal(harness.state.asks.length, before);
    });

    it("the limit of campaign calls for unknown viewers applies to all API processes together", async () => {
        const [campaign, table] = [campaignFixture(), memoryTable()];
        const limited = { campaign, table, config: { campaignPerSecond: 10 } };
        const harnesses = [startApi(limited), startApi(limited)] as const;
        const sources: Record<string, number> = {};
        for (let at = 0; at < 1000; at++) {
            const harness = itemAt(harnesses, at % 2);
            harness.clock.at += 20;
            const { source, reason } = await harness.recommend(`stranger-${at}`);
            const name = `${source} ${reason ?? ""}`.trim();
            sources[name] = (sources[name] ?? 0) + 1;
        }
        // The test sends 100 requests a second for ten seconds. The allowance is 100 campaign calls in ten seconds, and
        // a second period of ten seconds may begin during the test.
        assert.ok(campaign.state.asks.length <= 200, JSON.stringify(sources));
        assert.ok(campaign.state.asks.length >= 100, JSON.stringify(sources));
        assert.equal(sources["popular throttled"], 1000 - campaign.state.asks.length);
        const taken = [...table.counts.values()].reduce((sum, one) => sum + one, 0);
        assert.ok(taken <= 260, `${taken / 10} writes`);
        assert.equal(harnesses[0].lastLine().CampaignFailures, 0);
    });

    it("one address gets a quarter of the campaign calls of unproven viewers", async () => {
        const harness = startApi({ config: { campaignPerSecond: 10 } });
        const ask = async (userId: string, from: string) =>
            parseResult(await harness.ask("GET /recommendations/{userId}", { path: { userId }, query: {}, from }))
                .source;
        const sources: { stranger: string[]; others: string[] } = { stranger: [], others: [] };
        for (let at = 0; at < 400; at++) {
            harness.clock.at += 25;
            sources.stranger.push(await ask(`invented-${at}`, "192.0.2.1"));
            if (at % 10 === 0) sources.others.push(await ask(`other-${at}`, `198.51.100.${at / 10}`));
        }
        const personal = (list: string[]) => list.filter((source) => source === "campaign").length;
        assert.deepEqual([personal(sources.others), sources.others.length], [40, 40]);
        assert.ok(personal(sources.stranger) <= 50, `${personal(sources.stranger)}`);
    });

    it("two hundred API processes together send no more campaign calls than the limit", async () => {
        const [campaign, table] = [campaignFixture(), memoryTable()];
        const limited = { campaign, table, config: { campaignPerSecond: 4 } };
        const processes = Array.from({ length: 200 }, () => startApi(limited));
        for (let round = 0; round < 2; round++) {
            await Promise.all(processes.map((one, at) => one.recommend(`stranger-${at}-${round}`)));
        }
        const sent = campaign.state.asks.length;
        assert.ok(sent >= 20 && sent <= 40, `${sent}`);
    });

    it("concurrent campaign calls share one DynamoDB write; if DynamoDB fails, a process may use a tenth of the limit", async () => {
        const harness = startApi({ config: { campaignPerSecond: 10 } });
        await Promise.all(Array.from({ length: 10 }, (_, at) => harness.recommend(`u${at}`)));
        assert.deepEqual([harness.state.asks.length, [...harness.table.counts.values()]], [10, [10]]);
        harness.table.state.gate = async (call) => {
            if (call === "count") throw new Error("the table is away");
        };
        harness.clock.at += 10_000;
        for (let at = 0; at < 40; at++) await harness.recommend(`w${at}`);
        assert.equal(harness.state.asks.length, 20);
    });
});
