import { createHash } from "node:crypto";
import type { GatewayEvent, GatewayResult } from "./gateway-event.ts";
import { headerOf } from "./gateway-event.ts";
import { apiHeaders } from "./headers.ts";

/** A response before the API adapts it to the request. */
export interface Reply {
    readonly status: number;
    readonly body: string;
    readonly type: string;
    readonly cacheControl: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** Whether the body is base64 of binary data. */
    readonly binary?: boolean;
    /** Entity tag of the body, if already known. */
    readonly etag?: string;
}

/** Returns an answer with a JSON body and a `Cache-Control` header. */
export const jsonReply = (body: unknown, cacheControl: string, status = 200): Reply => ({
    status,
    cacheControl,
    type: "application/json",
    body: JSON.stringify(body),
});

/** Returns the entity tag of a body. */
export const computeEtag = (body: string | Buffer): string =>
    `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;

/** Returns the result for API Gateway: with ETag or as 304, with CORS and security headers. */
export function toGatewayResult(reply: Reply, event: GatewayEvent, allowedOrigins: readonly string[]): GatewayResult {
    const { status, body, type, cacheControl, binary = false } = reply;
    const etag = status === 200 && !cacheControl.includes("no-store") ? (reply.etag ?? computeEtag(body)) : undefined;
    const same = etag !== undefined && isNamed(headerOf(event, "if-none-match"), etag);
    const headers = {
        ...apiHeaders,
        ...corsHeaders(event, allowedOrigins),
        "Cache-Control": cacheControl,
        ...(etag !== undefined && { ETag: etag }),
        ...(!same && body !== "" && { "Content-Type": type }),
        ...reply.headers,
    };
    return same
        ? { statusCode: 304, headers, body: "", isBase64Encoded: false }
        : { statusCode: status, headers, body, isBase64Encoded: binary };
}

/** Compares entity tags weakly (RFC 9110), because a proxy may have compressed the body. */
function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
    const named = ifNoneMatch?.split(",").map((part) => part.trim().replace(/^W\//, "")) ?? [];
    return named.includes(etag) || named.includes("*");
}

/** Additional headers that pages of other origins may read. */
const exposed = "ETag, Retry-After, Server-Timing, X-Request-Id";

function corsHeaders(event: GatewayEvent, allowedOrigins: readonly string[]): Readonly<Record<string, string>> {
    const origin = headerOf(event, "origin");
    return {
        Vary: "Origin",
        ...(origin !== undefined &&
            allowedOrigins.includes(origin) && {
                "Access-Control-Allow-Origin": origin,
                "Access-Control-Expose-Headers": exposed,
            }),
    };
}

/** Answers a CORS preflight request. For other origins, the browser blocks the request. */
export const preflight = (methods: readonly string[]): Reply => ({
    status: 204,
    body: "",
    type: "",
    cacheControl: "no-store",
    headers: {
        "Access-Control-Allow-Methods": methods.join(", "),
        "Access-Control-Allow-Headers": "Authorization, Content-Type, If-None-Match, X-Api-Key",
        "Access-Control-Max-Age": "86400",
    },
});
