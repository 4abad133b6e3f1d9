import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { connect } from "node:net";
import { text } from "node:stream/consumers";
import { portOf } from "../../../local-personalize/wire/http.ts";
import { answerClientError } from "../../gateway/client-errors.ts";

describe("Gateway's answers to requests that Node's HTTP parser rejects", () => {
    let server: Server;
    before(async () => {
        server = createServer((_, response) => response.end("served")).on("clientError", answerClientError);
        await once(server.listen(0, "127.0.0.1"), "listening");
    });
    after(() => {
        server.closeAllConnections();
        server.close();
    });

    /** Sends bytes and returns the status and the body of the answer. */
    async function answerTo(request: string | Buffer) {
        const socket = connect(portOf(server), "127.0.0.1");
        socket.write(request);
        const [head = "", body = ""] = (await text(socket)).split("\r\n\r\n");
        assert.match(head, /\r\nConnection: close/i);
        return { status: Number(head.split(" ")[1]), head, body };
    }

    it("the gateway answers a URL that is not percent-encoded with a command that encodes it", async () => {
        const { status, head, body } = await answerTo(
            "GET /popular?genre=Möbel&numResults=5 HTTP/1.1\r\nHost: 9a1bc3d2.execute-api.localhost:4566\r\n\r\n",
        );
        assert.equal(status, 400);
        assert.match(head, /\r\nContent-Type: application\/json\r\n/i);
        assert.deepEqual(JSON.parse(body), {
            message:
                "The URL must be percent-encoded: " +
                "curl 'http://9a1bc3d2.execute-api.localhost:4566/popular?genre=M%C3%B6bel&numResults=5'",
        });
    });

    it("the gateway quotes the URL of the command for the shell, and keeps its percent-encoded characters", async () => {
        const { body } = await answerTo("GET /search?query=%27ö';id HTTP/1.1\r\nHost: localhost\r\n\r\n");
        assert.match(JSON.parse(body).message, /curl 'http:\/\/localhost\/search\?query=%27%C3%B6'\\'';id'$/);
    });

    it("the gateway names the parser's reason for any other request that is not HTTP", async () => {
        const { status, body } = await answerTo("nonsense\r\n\r\n");
        assert.equal(status, 400);
        assert.match(JSON.parse(body).message, /^The request is not valid HTTP: /);
    });

    it("the gateway answers a header that is too long with 431", async () => {
        const head = `GET / HTTP/1.1\r\nHost: localhost\r\nX-Long: ${"x".repeat(100_000)}\r\n\r\n`;
        assert.equal((await answerTo(head)).status, 431);
    });
});
