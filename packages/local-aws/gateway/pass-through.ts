import { Agent, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse, request as send } from "node:http";
import { pipeline, type Transform } from "node:stream";
import { buffer } from "node:stream/consumers";
import { PayloadMismatchError } from "./enforcement/payload.ts";
import { judgedHeader, type MiniStackAddress, secretHeader } from "./ministack.ts";

const agent = new Agent({ keepAlive: true });

export interface Passing {
    /** The request's body, if it was already read. */
    readonly body?: Buffer;
    /** A stream that checks the body. If the check fails, MiniStack gets an incomplete request. */
    readonly guard?: Transform;
    /** Whether the gateway checked the request. MiniStack checks all other requests. */
    readonly judged?: boolean;
    /** Whether the response may have CORS headers. */
    readonly isPublic?: boolean;
    /** Called when MiniStack has responded, before the caller receives the response. */
    answered?(): void;
    /** Returns the body that replaces the body of a successful response. */
    rewrite?(body: Buffer): Buffer | Promise<Buffer>;
}

/** Forwards a request to MiniStack unchanged, including the signed Host header, and returns the response. */
export function passThrough(
    { port, secret }: MiniStackAddress,
    request: IncomingMessage,
    response: ServerResponse,
    { body, guard, judged, isPublic, answered, rewrite }: Passing = {},
): void {
    // The caller disconnected during the checks, so the call is not executed.
    if (response.destroyed) {
        return;
    }
    const { expect: _answered, [judgedHeader]: _forged, [secretHeader]: _guessed, ...others } = request.headers;
    // These headers are valid for one connection only (RFC 9110, 7.6.1). With `Upgrade: h2c`, MiniStack would wait for
    // HTTP/2.
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
            // Piping to a closed response would throw an error that ends the local AWS.
            onward.destroy();
            return;
        }
        if (rewrite && answer.statusCode === 200) {
            void sendRewritten(answer, response, rewrite, isPublic);
            return;
        }
        response.writeHead(answer.statusCode ?? 502, isPublic ? answer.headers : withoutCors(answer.headers));
        // `pipeline` closes the caller's connection if MiniStack ends during a response; otherwise the caller would
        // wait forever.
        pipeline(answer, response, () => {});
    });
    onward.on("error", (error) => answerSilence(response, error));
    response.once("close", () => onward.destroy());
    if (body) {
        onward.end(body);
    } else if (guard) {
        pipeline(request, guard, onward, (error) => {
            if (error instanceof PayloadMismatchError && !response.headersSent) {
                response.writeHead(400, { "content-type": "application/xml" });
                response.end(mismatch);
            }
        });
    } else {
        request.pipe(onward);
    }
}

/** Removes CORS headers, because MiniStack's headers would allow pages of any origin to read each response. */
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

/** Returns 503 if MiniStack does not answer. AWS SDKs then retry. */
export function answerSilence(response: ServerResponse, { message }: Error): void {
    if (!response.headersSent) {
        response.writeHead(503, { "content-type": "text/plain" });
    }
    response.end(`MiniStack does not answer (${message}). See: npm run local -- status\n`);
}

const mismatch =
    '<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>XAmzContentSHA256Mismatch</Code>' +
    "<Message>The provided 'x-amz-content-sha256' header does not match what was computed.</Message></Error>";
