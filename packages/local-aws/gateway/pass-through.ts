import { Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { PayloadMismatch } from "./enforcement/payload.ts";
import { judgedHeader, type MiniStackAddress, secretHeader } from "./ministack.ts";

const agent = new Agent({ keepAlive: true });

export interface Passing {
    /** The body, if it was read already. */
    readonly body?: Buffer;
    /** A stream that the body passes through; if it fails, MiniStack gets an incomplete request. */
    readonly guard?: Transform;
    /** Whether the gateway checked the request; MiniStack checks all others. */
    readonly judged?: boolean;
    /** Whether the answer may allow pages of other origins to read it. */
    readonly isPublic?: boolean;
    /** Called after MiniStack's answer, before the caller gets it. */
    answered?(): void;
    /** Replaces the body of a successful answer. */
    rewrite?(body: Buffer): Buffer | Promise<Buffer>;
}

/** Passes a request to MiniStack unchanged, with its Host header (a part of the signature), and the answer back. */
export function passThrough(
    { port, secret }: MiniStackAddress,
    request: IncomingMessage,
    response: ServerResponse,
    { body, guard, judged, isPublic, answered, rewrite }: Passing = {},
): void {
    // The caller was killed during the checks: the call is not done.
    if (response.destroyed) {
        return;
    }
    const { expect: _answered, [judgedHeader]: _forged, [secretHeader]: _guessed, ...others } = request.headers;
    // Of this connection only (RFC 9110, 7.6.1): MiniStack would wait for the other protocol of `Upgrade: h2c`.
    const { connection: _own, upgrade: _offered, "http2-settings": _settings, ...passed } = others;
    const { "accept-encoding": _compressed, ...plain } = passed;
    const headers = rewrite ? plain : passed;
    const onward = send({
        agent,
        host: "127.0.0.1",
        port,
        method: request.method,
        path: request.url,
        headers: { ...headers, [secretHeader]: secret, ...(judged && { [judgedHeader]: "true" }) },
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
            void sendRewritten(answer, response, rewrite, isPublic);
            return;
        }
        response.writeHead(answer.statusCode ?? 502, isPublic ? answer.headers : withoutCors(answer.headers));
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

/** MiniStack lets pages of any origin read every answer. */
function withoutCors(headers: IncomingHttpHeaders): IncomingHttpHeaders {
    return Object.fromEntries(Object.entries(headers).filter(([name]) => !name.startsWith("access-control-")));
}

async function sendRewritten(
    answer: IncomingMessage,
    response: ServerResponse,
    rewrite: NonNullable<Passing["rewrite"]>,
    isPublic = false,
): Promise<void> {
    try {
        const body = await rewrite(await buffer(answer));
        const { "content-length": _, "transfer-encoding": __, ...headers } = answer.headers;
        response.writeHead(200, isPublic ? headers : withoutCors(headers)).end(body);
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
