import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type IncomingMessage, type Server } from "node:http";
import { connect } from "node:net";
import { buffer } from "node:stream/consumers";
import type { Emulator } from "../../../local-personalize/emulator.ts";
import { portOf } from "../../../local-personalize/wire/http.ts";
import { passThrough } from "../../gateway/pass-through.ts";
import { startGateway } from "../../gateway/server.ts";
import { createSimulator } from "../../gateway/simulator.ts";
import { freePort } from "../../ministack/process.ts";

const secret = "the secret of this start";
const signature = (service: string) =>
    `AWS4-HMAC-SHA256 Credential=test/20261125/eu-central-1/${service}/aws4_request, SignedHeaders=host, Signature=0`;

/** A bill without usage. */
const bill = { usage: () => [], now: Date.now };

const emulatorWith = (handle: Emulator["handle"]): Emulator => ({
    handle,
    setForms() {},
    operations: new Set(),
    answered() {},
    requests: () => [],
    release: () => 0,
    clock: { now: Date.now, ahead: () => 0 },
    advance() {},
    observe() {},
    async close() {},
});

/** Runs `use` with the URL of a gateway before a MiniStack on this port. */
async function withGatewayBefore(behind: number, use: (url: string) => Promise<void>): Promise<void> {
    const port = await freePort();
    const emulator = emulatorWith(() => Promise.reject(new Error("unused")));
    const miniStack = { port: behind, secret };
    const server = await startGateway({ port, miniStack, emulator, bill, status: () => ({}), log() {} });
    try {
        await use(`http://127.0.0.1:${port}`);
    } finally {
        server.closeAllConnections();
        server.close();
    }
}

describe("Gateway in front of a MiniStack stub that records requests", () => {
    interface Seen {
        readonly request: IncomingMessage;
        readonly body: string;
    }
    const received: Seen[] = [];
    const emulated: unknown[] = [];
    let gateway: Server;
    let behind: Server;
    let url: string;
    before(async () => {
        behind = createServer(async (request, response) => {
            received.push({ request, body: (await buffer(request)).toString() });
            response.writeHead(207, { "x-from": "behind", "content-type": "text/plain" }).end("from behind");
        }).listen(0, "127.0.0.1");
        await once(behind, "listening");
        const port = await freePort();
        url = `http://127.0.0.1:${port}`;
        const emulator = emulatorWith(async (request) => {
            emulated.push(request);
            if (request.operation === "ListSchemas") {
                throw new Error("the disk is full");
            }
            return { status: 200, headers: { "content-type": "application/json" }, body: '{"emulated":true}' };
        });
        const miniStack = { port: portOf(behind), secret };
        const simulator = createSimulator({ entity: async () => undefined });
        const status = () => ({ product: "it" });
        gateway = await startGateway({ port, miniStack, emulator, bill, simulator, status, log() {} });
    });
    after(() => {
        for (const server of [gateway, behind]) {
            server?.closeAllConnections();
            server?.close();
        }
    });
    beforeEach(() => {
        received.length = 0;
        emulated.length = 0;
    });

    it("the gateway answers an HTTP/2 upgrade request over HTTP/1.1", async () => {
        const socket = connect(Number(new URL(url).port), "127.0.0.1");
        const head = ["GET /bucket/key HTTP/1.1", "Host: 127.0.0.1", `Authorization: ${signature("s3")}`];
        const offer = ["Connection: Upgrade, HTTP2-Settings", "Upgrade: h2c", "HTTP2-Settings: AAMAAABkAAQAAP__"];
        socket.write(`${[...head, ...offer].join("\r\n")}\r\n\r\n`);
        const [answer] = await once(socket, "data");
        socket.destroy();
        assert.match(String(answer), /^HTTP\/1\.1 207 /);
        const headers = received.at(-1)?.request.headers;
        assert.deepEqual([headers?.upgrade, headers?.["http2-settings"]], [undefined, undefined]);
    });

    it("the gateway forwards request and response unchanged, but removes forged internal headers", async () => {
        const forged = { "x-from-gateway": "guess", "x-judged-by-gateway": "true" };
        const answer = await fetch(`${url}/bucket/a%2Fb%20c?versionId=1&x=%2F`, {
            method: "PUT",
            headers: { authorization: signature("s3"), "content-type": "text/csv", ...forged },
            body: "a,b\n",
        });
        assert.deepEqual(
            [answer.status, answer.headers.get("x-from"), await answer.text()],
            [207, "behind", "from behind"],
        );
        const [{ request, body } = {} as Seen] = received;
        assert.deepEqual([request.method, request.url, body], ["PUT", "/bucket/a%2Fb%20c?versionId=1&x=%2F", "a,b\n"]);
        assert.equal(request.headers.host, new URL(url).host);
        assert.equal(request.headers.authorization, signature("s3"));
        assert.equal(request.headers["content-type"], "text/csv");
        const { "x-from-gateway": shown, "x-judged-by-gateway": judged } = request.headers;
        assert.deepEqual([shown, judged], [secret, undefined]);
    });

    it("the gateway keeps running after clients disconnect", async () => {
        const port = portOf(behind);
        let answers = 0;
        const killing = createServer(async (request, response) => {
            if (request.url === "/before") {
                response.destroy();
                await once(response, "close");
            }
            const answered = () => {
                answers += 1;
                response.destroy();
            };
            passThrough({ port, secret }, request, response, { answered });
        }).listen(0, "127.0.0.1");
        await once(killing, "listening");
        const at = portOf(killing);
        for (const path of ["/before", "/answered"]) {
            await assert.rejects(fetch(`http://127.0.0.1:${at}${path}`));
        }
        killing.close();
        assert.deepEqual([answers, received.map(({ request }) => request.url)], [1, ["/answered"]]);
    });

    it("the gateway sends Personalize calls only to the emulator", async () => {
        const headers = { authorization: signature("personalize") };
        const target = { ...headers, "x-amz-target": "AmazonPersonalize.ListRecipes" };
        await fetch(url, { method: "POST", headers: target, body: '{"maxResults":2}' });
        await fetch(`${url}/recommendations`, { method: "POST", headers, body: "no json" });
        const region = "eu-central-1";
        assert.deepEqual(emulated, [
            { service: "personalize", operation: "ListRecipes", region, body: { maxResults: 2 } },
            { service: "personalize-runtime", operation: "GetRecommendations", region, body: "no json" },
        ]);
        assert.equal(received.length, 0);
    });

    it("the gateway forwards a Personalize path that is signed for another service to MiniStack", async () => {
        await fetch(`${url}/recommendations`, {
            method: "POST",
            headers: { authorization: signature("s3") },
            body: "x",
        });
        assert.equal(emulated.length, 0);
        assert.equal(received[0]?.body, "x");
    });

    it("the gateway forwards IAM calls with their body to MiniStack, except calls of the policy simulator", async () => {
        const headers = { authorization: signature("iam"), "content-type": "application/x-www-form-urlencoded" };
        await fetch(url, { method: "POST", headers, body: "Action=GetRole&RoleName=SimulateCustomPolicy" });
        assert.equal(received[0]?.body, "Action=GetRole&RoleName=SimulateCustomPolicy");
        const answered = await fetch(url, { method: "POST", headers, body: "Action=SimulatePrincipalPolicy" });
        assert.equal(answered.status, 400);
        assert.equal(received.length, 1);
    });

    it("an exception in the emulator returns 500 with the command that shows the log", async () => {
        const headers = { authorization: signature("personalize"), "x-amz-target": "AmazonPersonalize.ListSchemas" };
        const answer = await fetch(url, { method: "POST", headers, body: "{}" });
        assert.equal(answer.status, 500);
        assert.deepEqual(await answer.json(), {
            __type: "InternalFailure",
            message: "The local AWS failed: the disk is full. Its log: npm run local -- logs",
        });
    });

    it("a response that MiniStack aborts also ends with an error for the gateway's caller", async () => {
        const dying = createServer((_, response) => {
            response.writeHead(200, { "content-length": "1000" });
            response.write("the beginning", () => response.destroy());
        }).listen(0, "127.0.0.1");
        await once(dying, "listening");
        await withGatewayBefore(portOf(dying), async (url) => {
            const answer = await fetch(`${url}/bucket/key`, { signal: AbortSignal.timeout(5000) });
            await assert.rejects(answer.text(), { name: "TypeError", message: "terminated" });
        });
        dying.close();
    });

    it("if MiniStack is not running, the gateway answers GET with 503 and suggests `npm run local -- status`", async () => {
        await withGatewayBefore(await freePort(), async (url) => {
            const answer = await fetch(`${url}/bucket`);
            assert.equal(answer.status, 503);
            assert.match(await answer.text(), /MiniStack does not answer .* npm run local -- status/);
        });
    });
});
