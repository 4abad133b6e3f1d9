import type { IncomingMessage } from "node:http";
import { type EmulatorRequest, findOperation, readBody } from "local-personalize";
import { isPublicPath } from "../web-pages.ts";
import type { CallFacts } from "./directory.ts";
import type { Circumstances } from "./judge.ts";

/** MiniStack's own paths, which it does not protect: administration, health, and endpoints for Docker and Cognito. */
const ownPaths = /^\/+(_|health$|oauth2|logout|login|iceberg|graphql)/i;

/**
 * Checks whether a path belongs to MiniStack itself and is closed for callers. `target` is the raw request target,
 * because MiniStack decodes the path before routing.
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

/** Checks whether a request is a browser's preflight request. */
export function isPreflight({ headers, method }: Pick<IncomingMessage, "headers" | "method">): boolean {
    return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}

/**
 * The maximum size of a body in memory, in bytes: enough for a base64-encoded Lambda package and the call's other
 * parameters.
 */
const largestBody = 128 * 1024 * 1024;

/** Reads the body of a call to any service except S3, whose objects can be larger. */
export async function readSmallBody(request: IncomingMessage): Promise<Buffer> {
    const length = Number(request.headers["content-length"] ?? 0);
    if (length > largestBody) {
        throw new Error(`the body has ${length} bytes, more than any service accepts`);
    }
    return readBody(request);
}

/** Parses a body as JSON; returns an empty object for any other body. */
export function parse(body: Buffer | undefined): unknown {
    try {
        return JSON.parse(body?.length ? body.toString("utf8") : "{}");
    } catch {
        return {};
    }
}

/** Describes a request for MiniStack's process. */
export function toCallFacts(request: IncomingMessage, region: string, account: string): CallFacts {
    const headers = Object.entries(request.headers).map(([name, value]) => [name, String(value)]);
    return {
        method: request.method ?? "GET",
        target: request.url ?? "/",
        headers: Object.fromEntries(headers),
        region,
        account,
    };
}

/**
 * Returns the Personalize call of a request. `service` is the service of the signature; undefined for an unsigned
 * request.
 */
export function toPersonalizeCall(
    request: IncomingMessage,
    path: string,
    service: string | undefined,
    region: string,
    body: Buffer | undefined,
): EmulatorRequest | undefined {
    const target = request.headers["x-amz-target"]?.toString();
    const ours = service === "personalize" || (service === undefined && target?.startsWith("AmazonPersonalize."));
    const operation = ours ? findOperation(request.method ?? "", path, target) : undefined;
    return operation && { ...operation, region, body: parse(body) };
}

/** Returns the values of the condition keys that depend on the request and not on the action. */
export function toCircumstances(request: IncomingMessage, region: string): Circumstances {
    return {
        region,
        sourceIp: request.socket.remoteAddress ?? "127.0.0.1",
        // The gateway has no TLS, so a request counts as secure unless its header X-Forwarded-Proto is `http`.
        secure: request.headers["x-forwarded-proto"] !== "http",
        userAgent: request.headers["user-agent"],
        now: new Date(),
    };
}

/** Checks whether an unsigned request is for a service that receives all calls as POST to one path, unlike S3. */
export const isRemoteCall = ({ headers }: IncomingMessage) =>
    headers["x-amz-target"] !== undefined ||
    /^application\/(x-www-form-urlencoded|cbor)/.test(headers["content-type"] ?? "");
