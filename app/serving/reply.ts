import { createHash } from "node:crypto";
import type { GatewayEvent, GatewayResult } from "./gateway-event.ts";
import { headerOf } from "./gateway-event.ts";
import { apiHeaders } from "./headers.ts";

/** An answer before it is made ready for the one who asked. */
export interface Reply {
    readonly status: number;
    readonly body: string;
    readonly type: string;
    readonly cacheControl: string;
    readonly headers?: Readonly<Record<string, string>>;
    /** The body is base64 of bytes. */
    readonly binary?: boolean;
    /** Of the body, where it is known already. */
    readonly etag?: string;
}

export const jsonReply = (body: unknown, cacheControl: string, status = 200): Reply => ({
    ...{ status, cacheControl, type: "application/json" },
    body: JSON.stringify(body),
});

/** Of a body: another one has another. */
export const etagOf = (body: string | Buffer): string =>
    `"${createHash("sha256").update(body).digest("base64url").slice(0, 27)}"`;

/** The reply as API Gateway takes it: with ETag, or as 304, with CORS and what keeps browsers from harm. */
export function resultOf(reply: Reply, event: GatewayEvent, allowedOrigins: readonly string[]): GatewayResult {
    const { status, body, type, cacheControl, binary = false } = reply;
    const etag = status === 200 && cacheControl !== "no-store" ? (reply.etag ?? etagOf(body)) : undefined;
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

/** By weak comparison, as RFC 9110 wants it: something between may have compressed the body. */
function isNamed(ifNoneMatch: string | undefined, etag: string): boolean {
    const named = ifNoneMatch?.split(",").map((part) => part.trim().replace(/^W\//, "")) ?? [];
    return named.includes(etag) || named.includes("*");
}

/** Headers that a page may read, beside those that every page may. */
const exposed = "ETag, Server-Timing, X-Request-Id";

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

/** Answers a browser that asks whether it may ask; what of those who may not, the browser keeps from asking. */
export const preflight = (methods: readonly string[]): Reply => ({
    ...{ status: 204, body: "", type: "", cacheControl: "no-store" },
    headers: {
        "Access-Control-Allow-Methods": methods.join(", "),
        "Access-Control-Allow-Headers": "Content-Type, If-None-Match, X-Api-Key",
        "Access-Control-Max-Age": "86400",
    },
});
