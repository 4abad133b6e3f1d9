import { Agent, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { PayloadMismatch } from "./enforcement/payload.ts";

const agent = new Agent({ keepAlive: true });

export interface Passing {
    /** The body, where it was read already. */
    readonly body?: Buffer;
    /** What the body passes through on its way; when that fails, MiniStack gets no whole request. */
    readonly guard?: Transform;
    /** Tells MiniStack that the request was judged: the gateway's token. */
    readonly mark?: string;
    /** Called when MiniStack has answered, before the caller hears of it. */
    answered?(): void;
    /** Makes another body of that of a good answer. */
    rewrite?(body: Buffer): Buffer;
}

/** The header of the gateway's mark; from outside it is never passed on. */
export const markHeader = "x-judged-by-gateway";

/** Hands a request to MiniStack as it came, Host header included (it is part of the signature), and the answer back. */
export function passThrough(
    port: number,
    request: IncomingMessage,
    response: ServerResponse,
    { body, guard, mark, answered, rewrite }: Passing = {},
): void {
    // Killed while its call was judged, a caller has nothing done for it.
    if (response.destroyed) {
        return;
    }
    const { expect: _answered, [markHeader]: _forged, ...headers } = request.headers;
    const onward = send({
        agent,
        host: "127.0.0.1",
        port,
        method: request.method,
        path: request.url,
        headers: mark === undefined ? headers : { ...headers, [markHeader]: mark },
        setHost: false,
    });
    onward.once("response", (answer) => {
        answered?.();
        if (response.destroyed) {
            // There is no pipe to what is closed: trying would end the local AWS.
            onward.destroy();
            return;
        }
        if (rewrite && answer.statusCode === 200) {
            void sendRewritten(answer, response, rewrite);
            return;
        }
        response.writeHead(answer.statusCode ?? 502, answer.headers);
        // Cut off when MiniStack dies in the middle of an answer, which a caller would wait for without end.
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

/** Says that MiniStack does not answer: by 503, which AWS SDKs try again. */
export function answerSilence(response: ServerResponse, { message }: Error): void {
    if (!response.headersSent) {
        response.writeHead(503, { "content-type": "text/plain" });
    }
    response.end(`MiniStack does not answer (${message}). See: npm run local -- status\n`);
}

const mismatch =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>XAmzContentSHA256Mismatch</Code>' +
    "<Message>The provided 'x-amz-content-sha256' header does not match what was computed.</Message></Error>";
