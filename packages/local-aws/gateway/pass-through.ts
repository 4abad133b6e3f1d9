import { Agent, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { PayloadMismatch } from "./enforcement/payload.ts";

const agent = new Agent({ keepAlive: true });

export interface Passing {
    /** The body, if it was read already. */
    readonly body?: Buffer;
    /** A stream that the body passes through; if it fails, MiniStack gets an incomplete request. */
    readonly guard?: Transform;
    /** The gateway's token, which shows MiniStack that the request was checked. */
    readonly token?: string;
    /** Called after MiniStack's answer, before the caller gets it. */
    answered?(): void;
    /** Replaces the body of a successful answer. */
    rewrite?(body: Buffer): Buffer;
}

/** The header of the gateway's token; a value from outside is never passed on. */
export const judgedHeader = "x-judged-by-gateway";

/** Passes a request to MiniStack unchanged, with its Host header (a part of the signature), and the answer back. */
export function passThrough(
    port: number,
    request: IncomingMessage,
    response: ServerResponse,
    { body, guard, token, answered, rewrite }: Passing = {},
): void {
    // The caller was killed during the checks: the call is not done.
    if (response.destroyed) {
        return;
    }
    const { expect: _answered, [judgedHeader]: _forged, ...headers } = request.headers;
    const onward = send({
        agent,
        host: "127.0.0.1",
        port,
        method: request.method,
        path: request.url,
        headers: token === undefined ? headers : { ...headers, [judgedHeader]: token },
        setHost: false,
    });
    onward.once("response", (answer) => {
        answered?.();
        if (response.destroyed) {
            // A pipe to a closed response would throw and end the local AWS.
            onward.destroy();
            return;
        }
        if (rewrite && answer.statusCode === 200) {
            void sendRewritten(answer, response, rewrite);
            return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        // Cut off when MiniStack dies during an answer; otherwise the caller would wait forever.
        pipeline(answer, response, () => {});
    });
    onward.on("error", (error) => answerSilence(response, error));
    response.once("close", () => onward.destroy());
    if (body) {
        onward.end(body);
    } else if (guard) {
        pipeline(request, guard, onward, (error) => {
            if (error instanceof PayloadMismatch && !response.headersSent) {
                response.writeHead(400, { "content-type": "application/xml" });
                response.end(mismatch);
            }
        });
    } else {
        request.pipe(onward);
    }
}

async function sendRewritten(
    answer: IncomingMessage,
    response: ServerResponse,
    rewrite: (body: Buffer) => Buffer,
): Promise<void> {
    try {
        const body = rewrite(await buffer(answer));
        const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
        response.writeHead(200, headers).end(body);
    } catch {
        response.destroy();
    }
}

/** Reports that MiniStack does not answer, with 503, after which AWS SDKs try again. */
export function answerSilence(response: ServerResponse, { message }: Error): void {
    if (!response.headersSent) {
        response.writeHead(503, { "content-type": "text/plain" });
    }
    response.end(`MiniStack does not answer (${message}). See: npm run local -- status\n`);
}

const mismatch =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>XAmzContentSHA256Mismatch</Code>' +
    "<Message>The provided 'x-amz-content-sha256' header does not match what was computed.</Message></Error>";
