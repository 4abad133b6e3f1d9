import type { IncomingMessage } from "node:http";
import { isFromWebPage } from "local-personalize";
import type { Answer } from "./enforcement/refusal.ts";

type Asked = Pick<IncomingMessage, "headers" | "url">;

const publicPaths = [
    /^\/_aws\/execute-api\/[^/]+\/[^/]+/,
    /^\/_aws\/lambda-url\/[^/]+/,
    /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/|$)/,
];
/** As strict as MiniStack, which hands any other name of these forms to its services. */
const publicHosts = [
    /^[a-f0-9]{8}\.execute-api\.localhost$/,
    /^([a-z0-9]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\.lambda-url\.[a-z0-9-]+\.localhost$/,
    /^[a-z0-9]+\.cloudfront\.localhost$/,
];
const distributionHost = /^[a-z0-9]+\.cloudfront\.net$/;

/** Names that lead to this machine only. RFC 6761 keeps `.localhost` for it: no domain can be registered there. */
const ownHost = /^(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)$/;

/** The name in the Host header, without its port: a tunnel to the local AWS may have another one. */
const hostOf = ({ headers }: Pick<IncomingMessage, "headers">) =>
    (headers.host ?? "").toLowerCase().replace(/:\d+$/, "");

/** Whether a path is of a deployed API or of a function's URL. */
export const isPublicPath = (path: string) => publicPaths.some((known) => known.test(path));

/**
 * Whether a request is for a resource that is public by default: a deployed API, a function's URL, a distribution.
 * MiniStack checks these requests.
 */
export function isPublicPlane(request: Pick<IncomingMessage, "headers">, path: string): boolean {
    const host = hostOf(request);
    return publicHosts.some((known) => known.test(host)) || distributionHost.test(host) || isPublicPath(path);
}

/**
 * Whether a browser sends this request for a page. Browsers that send no fetch metadata are known by their name: all of
 * them begin it with Mozilla.
 */
function isOfPage(request: Pick<IncomingMessage, "headers">): boolean {
    const { "sec-fetch-site": site, "user-agent": agent = "" } = request.headers;
    return isFromWebPage(request) || (site === undefined && agent.startsWith("Mozilla/"));
}

/**
 * The answer to a request that the local AWS never serves, whatever its signature; undefined for any other.
 * A Host of another name belongs to a page whose name was pointed at this machine (DNS rebinding). A page may call the
 * public resources only.
 */
export function refusalOfPage(request: Asked): Answer | undefined {
    const host = hostOf(request);
    if (!ownHost.test(host) && !distributionHost.test(host)) {
        return forbidden(
            `The local AWS answers 127.0.0.1 and localhost, not ${host}. Print its address with: npm run -s local -- env`,
        );
    }
    if (request.headers.upgrade?.toLowerCase() === "websocket") {
        return forbidden("The local AWS has no WebSockets.");
    }
    const path = pathOf(request.url ?? "/");
    if (path === undefined || (isOfPage(request) && !isPublicPlane(request, path))) {
        return forbidden(
            "A web page may call only the public resources of the local AWS: APIs, functions' URLs and distributions. " +
                "Send this call from a program, with the variables of: npm run -s local -- env",
        );
    }
    return undefined;
}

/** The decoded path; undefined for a target that is not a path, or is not valid. */
function pathOf(target: string): string | undefined {
    try {
        return target.startsWith("/") ? decodeURIComponent(target.split("?", 1)[0] ?? "/") : undefined;
    } catch {
        return undefined;
    }
}

const forbidden = (message: string): Answer => ({
    status: 403,
    headers: { "content-type": "application/json", "x-amzn-errortype": "AccessDeniedException" },
    body: JSON.stringify({ __type: "AccessDeniedException", message }),
});
