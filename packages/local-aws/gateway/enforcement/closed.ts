import type { IncomingMessage } from "node:http";

type Asked = Pick<IncomingMessage, "headers">;

/** Where MiniStack is open to everybody: its own switches, its health, and what it serves for Docker and Cognito. */
const ownPaths = /^\/+(_|health$|oauth2|logout|login|iceberg|graphql)/i;
const publicPaths = [
    /^\/_aws\/execute-api\/[^/]+\/[^/]+/,
    /^\/_aws\/lambda-url\/[^/]+/,
    /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/|$)/,
];
const publicHosts = /^[^.:]+\.(execute-api|lambda-url|cloudfront)\./;

/**
 * Whether a request is for what is open to the public unless it says otherwise itself: a deployed API, a function's
 * URL, a distribution. MiniStack judges these, and whatever else it takes them for.
 */
export function isPublicPlane({ headers }: Asked, path: string): boolean {
    return publicHosts.test(headers.host ?? "") || publicPaths.some((known) => known.test(path));
}

/**
 * Whether a path is one of MiniStack's own, which nobody reaches from outside. `target` is the request's as it came:
 * MiniStack decodes it before it looks.
 */
export function isClosed(target: string): boolean {
    if (!target.startsWith("/")) {
        return true;
    }
    try {
        const path = decodeURIComponent(target.split("?", 1)[0] ?? "");
        return ownPaths.test(path) && !publicPaths.some((known) => known.test(path));
    } catch {
        return true;
    }
}

/** Whether the request names this machine: a page that got its own name to point here does not. */
export function isForThisMachine({ headers }: Asked): boolean {
    return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? "");
}

/** Whether a browser only asks if it may ask. */
export function isPreflight({ headers, method }: Pick<IncomingMessage, "headers" | "method">): boolean {
    return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
