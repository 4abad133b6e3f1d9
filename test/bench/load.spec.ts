import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { postRequest, startLoad } from "../../bench/load/run.ts";
import { portOf } from "../../packages/local-personalize/wire/http.ts";

describe("Load client of bench:train and bench:serve", () => {
    const receivedRequests: { path: string; body: string }[] = [];
    let failing: (number: number) => boolean;
    let received: (count: number) => void;
    let server: Server;
    let port: number;
    let connections: number;

    beforeEach(async () => {
        receivedRequests.length = 0;
        connections = 0;
        failing = () => false;
        received = () => {};
        server = createServer(async (request, response) => {
            const body = Buffer.concat(await request.toArray()).toString();
            receivedRequests.push({ path: request.url ?? "", body });
            response.statusCode = failing(receivedRequests.length) ? 503 : 200;
            const text = response.statusCode === 200 ? "x".repeat(100_000) : "no capacity";
            response.setHeader("content-length", text.length).end(text);
            received(receivedRequests.length);
        });
        server.on("connection", () => connections++);
        server.listen(0, "127.0.0.1");
        await once(server, "listening");
        port = portOf(server);
    });
    afterEach(() => {
        server.closeAllConnections();
        server.close();
    });

    /** Runs a load until the server has received this number of requests, and returns the measurements. */
    const measure = async (count: number, load: { connections: number; requests: string[]; order: number[] }) => {
        const enough = new Promise<void>((resolve) => {
            received = (now) => now >= count && resolve();
        });
        const running = startLoad({ port, ...load });
        await enough;
        return running.stop();
    };
    const request = (userId: string) => postRequest("/recommendations", { userId }, { host: "127.0.0.1" });

    it("`startLoad` repeats requests in the given order, and counts a multi-packet response once", async () => {
        const requests = ["a", "b", "c"].map(request);
        const measured = await measure(60, { connections: 1, requests, order: [0, 2, 1] });
        assert.deepEqual(
            receivedRequests.slice(0, 4).map(({ path, body }) => `${path} ${body}`),
            ["a", "c", "b", "a"].map((userId) => `/recommendations {"userId":"${userId}"}`),
        );
        assert.ok(measured.answers >= 59 && measured.answers <= receivedRequests.length, `${measured.answers}`);
        assert.equal(measured.failed, 0);
        assert.ok(0 < measured.p50 && measured.p50 <= measured.p99 && measured.p99 <= measured.seconds * 1000);
    });

    it("`startLoad` opens only the configured number of connections", async () => {
        await measure(100, { connections: 8, requests: [request("a")], order: [0] });
        assert.equal(connections, 8);
    });

    it("`startLoad` counts failed responses, and returns the text of one failed response", async () => {
        failing = (number) => number === 3 || number === 5;
        const { failed, failure } = await measure(20, { connections: 1, requests: [request("a")], order: [0] });
        assert.equal(failed, 2);
        assert.match(failure ?? "", /^HTTP\/1.1 503 .*no capacity$/s);
    });
});
