import type { IncomingMessage } from "node:http";

type Asked = Pick<IncomingMessage, "headers">;

/** MiniStack's unprotected paths: its own switches, its health, and its services for Docker and Cognito. */
const ownPaths = /^\/+(_|health$|oauth2|logout|login|iceberg|graphql)/i;
const publicPaths = [
    /^\/_aws\/execute-api\/[^/]+\/[^/]+/,
    /^\/_aws\/lambda-url\/[^/]+/,
    /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/|$)/,
];
const publicHosts = /^[^.:]+\.(execute-api|lambda-url|cloudfront)\./;

/**
 * Whether a request is for a resource that is public by default: a deployed API, a function's URL, a distribution.
 * MiniStack checks these requests.
 */
export function isPublicPlane({ headers }: Asked, path: string): boolean {
    return publicHosts.test(headers.host ?? "") || publicPaths.some((known) => known.test(path));
}

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
        return ownPaths.test(path) && !publicPaths.some((known) => known.test(path));
    } catch {
        return true;
    }
}

/** Whether the request names this machine: a page whose own name was pointed at this machine does not. */
export function isForThisMachine({ headers }: Asked): boolean {
    return /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i.test(headers.host ?? "");
}

/** Whether a request is a browser's preflight request. */
export function isPreflight({ headers, method }: Pick<IncomingMessage, "headers" | "method">): boolean {
    return method === "OPTIONS" && headers["access-control-request-method"] !== undefined;
}
