import { Agent, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { pipeline } from "node:stream";

const agent = new Agent({ keepAlive: true });

/** Hands a request to MiniStack as it came, Host header included (it is part of the signature), and the answer back. */
export function passThrough(port: number, request: IncomingMessage, response: ServerResponse, body?: Buffer): void {
    const { expect: _answered, ...headers } = request.headers;
    const onward = send({
        agent,
        host: "127.0.0.1",
        port,
        method: request.method,
        path: request.url,
        headers,
        setHost: false,
    });
    onward.once("response", (answer) => {
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        // Cut off when MiniStack dies in the middle of an answer, which a caller would wait for without end.
        pipeline(answer, response, () => {});
    });
    onward.once("error", (error) => {
        if (!response.headersSent) {
            // 503 is what AWS SDKs try again.
            response.writeHead(503, { "content-type": "text/plain" });
        }
        response.end(`MiniStack does not answer (${error.message}). See: npm run local -- status\n`);
    });
    response.once("close", () => onward.destroy());
    if (body) {
        onward.end(body);
    } else {
        request.pipe(onward);
    }
}
