import { once } from "node:events";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { ServiceError } from "../errors.ts";
import {
    credentialScope,
    failure,
    findOperation,
    isForTools,
    isFromWebPage,
    parseJson,
    readBody,
    writeAnswer,
} from "../wire/http.ts";
import { answerPersonalize } from "./answer.ts";
import { answerTools, type Tools, toolEndpoints } from "./tools.ts";

export interface ServerOptions extends Tools {
    readonly host: string;
    /** Port number; 0 chooses a free port. */
    readonly port: number;
    /** Region of requests without a signature. */
    readonly region: string;
    log(message: string): void;
    /** Gets a line for each call, such as `GetRecommendations 200 4 ms`. */
    logCall?(line: string): void;
}

/**
 * How long the server keeps an idle connection, in milliseconds. AWS SDKs reuse connections that were idle for up to a
 * minute, and a call fails if the server closes its connection at that moment.
 */
const keepAliveTimeout = 75_000;

/**
 * Serves the three Personalize APIs on one port. Reads the region from the signature of a request, but does not verify
 * the signature.
 *
 * @throws Error with code EADDRINUSE when the port is taken
 */
export async function startServer(options: ServerOptions): Promise<Server> {
    const server = createServer({ keepAliveTimeout }, (request, response) => {
        answer(options, request, response).catch((error: Error) => {
            options.log(`${request.method} ${request.url}: ${error.stack ?? error.message}`);
            response.destroy();
        });
    });
    server.listen(options.port, options.host);
    await once(server, "listening");
    return server;
}

/**
 * Maximum length of a body in bytes. The longest valid call is PutItems: ten items of 32,000 characters, which may be
 * escaped.
 */
const longestBody = 4_000_000;

async function answer(options: ServerOptions, request: IncomingMessage, response: ServerResponse) {
    const { emulator, faults, region, logCall } = options;
    const began = performance.now();
    const url = new URL(request.url ?? "/", "http://localhost");
    if (request.method === "GET" && url.pathname === "/health") {
        response.setHeader("content-type", "application/json");
        response.end('{"status":"ok"}');
        return;
    }
    const refuse = (code: string, message: string, status: number) =>
        writeAnswer(emulator, failure("personalize", new ServiceError(code, message, status)), response);
    if (isFromWebPage(request)) {
        return refuse("AccessDenied", "A web page may not call the local Personalize; only a program may.", 403);
    }
    if (url.pathname.startsWith("/_local/")) {
        if (!isForTools(request)) {
            return refuse("AccessDenied", "/_local answers only 127.0.0.1 and localhost.", 403);
        }
        return answerTools(toolEndpoints, options, request, url, response);
    }
    const target = request.headers["x-amz-target"]?.toString();
    const operation = findOperation(request.method ?? "", url.pathname, target);
    const body = await readBody(request, longestBody);
    if (!body) {
        const message = `The request has more than ${longestBody} bytes, more than any call of Amazon Personalize.`;
        return refuse("RequestEntityTooLarge", message, 413);
    }
    if (!operation) {
        const message = `${request.method} ${url.pathname} is not a call of Amazon Personalize.`;
        return refuse("UnknownOperationException", message, 404);
    }
    const call = { ...operation, region: credentialScope(request, url)?.region ?? region, body: parseJson(body) };
    const status = await answerPersonalize(emulator, faults, call, response);
    logCall?.(`${call.operation} ${status ?? "dropped"} ${Math.round(performance.now() - began)} ms`);
}
