import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { PersonalizeEventsClient } from "@aws-sdk/client-personalize-events";
import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { type Call, handlerCaller, httpCaller } from "../../bench/api/call.ts";
import { computeLatency, countFailed, summarizeSources } from "../../bench/api/figures.ts";
import { listRequest, load, resting, secondsToChange, watchRequest, zipf } from "../../bench/api/load.ts";
import { createApiProcess, simulated, withoutCache } from "../../bench/api/simulated.ts";
import { campaignCaller } from "../../bench/api/stack.ts";
import { seededRandom } from "../../bench/lib/command.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";
import { fake } from "../support/fake.ts";
import { itemAt } from "../support/item-at.ts";

const answer = (body: object, status = 200) => ({ status, body, layer: "memory", milliseconds: 1 });

describe("Load generator of bench:api", () => {
    it("`zipf` returns the first viewer twice as often as the second viewer", () => {
        const draw = zipf(100, 1, seededRandom(1));
        const counts = new Array<number>(100).fill(0);
        for (let drawn = 0; drawn < 200_000; drawn++) {
            const rank = draw();
            counts[rank] = (counts[rank] ?? 0) + 1;
        }
        const ratio = (rank: number) => itemAt(counts, 0) / itemAt(counts, rank);
        assert.ok(Math.abs(ratio(1) - 2) < 0.1 && Math.abs(ratio(9) - 10) < 1, `${ratio(1)} ${ratio(9)}`);
        assert.ok(counts.every((count) => count > 0));
    });

    it("`load` sends the configured number of requests, each with the `revision` that the viewer's last event returned", async () => {
        const requests: { viewer: string; since: number; revision: number }[] = [];
        const eventCounts = new Map<string, number>();
        const call: Call = async ({ path, query, body }) => {
            const userId = (body as { userId: string } | undefined)?.userId;
            if (userId !== undefined) {
                eventCounts.set(userId, (eventCounts.get(userId) ?? 0) + 1);
                return answer({ revision: eventCounts.get(userId) }, 202);
            }
            const viewer = path?.userId ?? "";
            requests.push({ viewer, since: Number(query?.since ?? 0), revision: eventCounts.get(viewer) ?? 0 });
            return answer({ source: "cache" });
        };
        const shape = { requests: 500, viewers: 5, exponent: 1, events: 0.2, seed: 1, nameOf: String };
        const done = await load([call], shape);
        assert.equal(done.length, 500);
        assert.ok(eventCounts.size === 5 && requests.length > 300);
        for (const { since, revision } of requests) assert.equal(since, revision);
    });
});

describe("Load generator of bench:api with limits", () => {
    it("`load` sends no request after an abort, and `resting` waits before each request", async () => {
        const over = new AbortController();
        let callCount = 0;
        const call: Call = async () => {
            callCount += 1;
            if (callCount === 7) over.abort();
            return answer({ source: "cache" });
        };
        const shape = { viewers: 5, exponent: 1, events: 0, seed: 1, nameOf: String };
        const begun = performance.now();
        const endless = { ...shape, requests: Number.POSITIVE_INFINITY };
        assert.equal((await load([resting(call, 10)], endless, () => {}, over.signal)).length, 7);
        assert.ok(performance.now() - begun >= 60);
    });
});

describe("Figures of bench:api", () => {
    it("figures.ts returns the latencies, failures and sources of a hand-calculated example", () => {
        const times = Array.from({ length: 100 }, (_, at) => 100 - at);
        assert.deepEqual(computeLatency(times), { p50: 50, p95: 95, p99: 99 });
        const list = (source: string, status = 200) => ({ kind: "list" as const, answer: answer({ source }, status) });
        const timedCalls = [list("cache"), list("campaign"), list("cache"), list("x", 502)];
        assert.equal(countFailed(timedCalls), 1);
        assert.equal(summarizeSources(timedCalls), "cache 2, campaign 1");
    });
});

describe("Callers of bench:api", () => {
    it("`httpCaller` sends requests that match openapi.yaml, and reads from Server-Timing which layer answered", async () => {
        const received: unknown[] = [];
        const server = createServer(async (request, response) => {
            let body = "";
            for await (const part of request) body += part;
            received.push([request.method, request.url, body]);
            response.setHeader("Server-Timing", "table;dur=3.2");
            response.writeHead(200).end('{"items":[]}');
        }).listen(0, "127.0.0.1");
        await once(server, "listening");
        try {
            const call = httpCaller(`http://127.0.0.1:${portOf(server)}/api`);
            const { layer, body, status } = await call(listRequest("a/b", 5));
            assert.deepEqual([layer, body, status], ["table", { items: [] }, 200]);
            await call(watchRequest("a", "1"));
            assert.deepEqual(received[0], ["GET", "/api/recommendations/a%2Fb?numResults=25&since=5", ""]);
            assert.deepEqual((received[1] as string[]).slice(0, 2), ["POST", "/api/events"]);
        } finally {
            server.closeAllConnections();
            server.close();
        }
    });

    it("`campaignCaller` sends GetRecommendations and PutEvents and returns the HTTP status", async () => {
        const inputs: object[] = [];
        let fault: Error | undefined;
        const client = fake<PersonalizeRuntimeClient & PersonalizeEventsClient>({
            send: async ({ input }: { input: object }) => {
                inputs.push(input);
                if (fault) throw fault;
                return {};
            },
        });
        const call = campaignCaller({ runtime: client, events: client }, "arn:campaign", "tracker");
        assert.equal((await call(listRequest("7"))).status, 200);
        assert.equal((await call(watchRequest("7", "3"))).status, 202);
        fault = new Error("ThrottlingException");
        assert.equal((await call(listRequest("8"))).status, 502);
        assert.deepEqual(inputs[0], { campaignArn: "arn:campaign", userId: "7", numResults: 25 });
        const { trackingId, eventList } = inputs[1] as { trackingId: string; eventList: { itemId: string }[] };
        assert.deepEqual([trackingId, eventList[0]?.itemId], ["tracker", "3"]);
    });

    it("with a throttled campaign, `handlerCaller` returns cached lists, and fails without a cached list", async () => {
        const harness = simulated(1);
        const callers = [1, 2].map(() => handlerCaller(createApiProcess(harness)));
        const shape = { requests: 60, viewers: 10, exponent: 1, events: 0.1, seed: 1, nameOf: String };
        const fine = await load(callers, shape);
        assert.ok(harness.harness.calls < 50 && countFailed(fine) === 0);
        const [seconds = 0] = await secondsToChange(callers, ["9"]);
        assert.ok(seconds < 5);
        harness.harness.isThrottled = true;
        assert.equal(countFailed(await load(callers, shape)), 0);
        assert.ok(countFailed(await load([withoutCache(harness)], shape)) > 30);
    });
});
