import type { IncomingMessage } from "node:http";
import { bodyOf, type EmulatorRequest, operationOf } from "local-personalize";
import { isPublicPath } from "../web-pages.ts";
import type { CallFacts } from "./directory.ts";
import type { Circumstances } from "./judge.ts";

/** MiniStack's unprotected paths: its own switches, its health, and its services for Docker and Cognito. */
const ownPaths = /^\/+(_|health$|oauth2|logout|login|iceberg|graphql)/i;

/**
 * Whether a path is one of MiniStack's own, which are closed from outside. `target` is the raw request target:
 * MiniStack decodes it before it routes.
 */
export function isClosed(target: string): boolean {
    if (!target.startsWith("/")) {
        return true;
    }
    try {
        const path = decodeURIComponent(target.split("?", 1)[0] ?? "");
        return ownPaths.test(path) && !isPublicPath(path);
    } catch {
        return true;
    }
}

/** Whether a request is a browser's preflight request. */
export function isPreflight({ headers, method }: Pick<IncomingMessage, "headers" | "method">): boolean {
    return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

/** The largest body that is read into memory: a function's code in base64, and some more. */
const largestBody = 128 * 1024 * 1024;

/** The body of a call of any service except S3, whose objects are not read into memory. */
export async function smallBodyOf(request: IncomingMessage): Promise<Buffer> {
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > largestBody) {
        throw new Error(`a call of ${length} bytes is larger than any service takes`);
    }
    return bodyOf(request);
}

/** A body as JSON; an object without members for any other body. */
export function parse(body: Buffer | undefined): unknown {
    try {
        return JSON.parse(body?.length ? body.toString("utf8") : "{}");
    } catch {
        return {};
    }
}

/** The request in the form for MiniStack's process. */
export function factsOf(request: IncomingMessage, region: string, account: string): CallFacts {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    return {
        method: request.method ?? "GET",
        target: request.url ?? "/",
        headers: Object.fromEntries(headers),
        region,
        account,
    };
}

/** The Personalize call of a request; `service` is that of its signature, undefined for an unsigned one. */
export function personalizeCallOf(
    request: IncomingMessage,
    path: string,
    service: string | undefined,
    region: string,
    body: Buffer | undefined,
): EmulatorRequest | undefined {
    const target = request.headers["x-amz-target"]?.toString();
    const ours = service === "personalize" || (service === undefined && target?.startsWith("AmazonPersonalize."));
    const operation = ours ? operationOf(request.method ?? "", path, target) : undefined;
    return operation && { ...operation, region, body: parse(body) };
}

/** The condition keys of a request's circumstances. */
export function circumstancesOf(request: IncomingMessage, region: string): Circumstances {
    return {
        region,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        // The gateway replaces endpoints that use TLS; a caller can test the other case with this header.
        secure: request.headers["x-forwarded-proto"] !== "http",
        userAgent: request.headers["user-agent"],
        now: new Date(),
    };
}

/** Whether an unsigned request is for a service whose calls are all POSTs to one path, unlike S3's. */
export const isRemoteCall = ({ headers }: IncomingMessage) =>
    headers["x-amz-target"] !== undefined ||
    /^application\/(x-www-form-urlencoded|cbor)/.test(headers["content-type"] ?? "");
