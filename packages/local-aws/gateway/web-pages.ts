import type { IncomingMessage } from "node:http";
import { hostOf, isForTools, isFromWebPage } from "local-personalize";
import { type Answer, jsonAnswer } from "./answer.ts";

type Asked = Pick<IncomingMessage, "headers" | "url">;

const publicPaths = [
    /^\/_aws\/execute-api\/[^/]+\/[^/]+/,
    /^\/_aws\/lambda-url\/[^/]+/,
    /^\/restapis\/[^/]+\/[^/]+\/_user_request_(\/|$)/,
];
/**
 * Host names of public endpoints. The patterns are as strict as MiniStack's, because MiniStack routes any other name to
 * AWS services.
 */
const publicHosts = [
    /^[a-f0-9]{8}\.execute-api\.localhost$/,
    /^([a-z0-9]{32}|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12})\.lambda-url\.[a-z0-9-]+\.localhost$/,
    /^[a-z0-9]+\.cloudfront\.localhost$/,
];
const distributionHost = /^[a-z0-9]+\.cloudfront\.net$/;

/**
 * Host names that always resolve to this machine. RFC 6761 reserves `.localhost`: nobody can register a domain below
 * it.
 */
const ownHost = /^(127\.0\.0\.1|\[::1\]|([a-z0-9-]+\.)*localhost)$/;

/** Checks whether a path belongs to a deployed API or a function URL. */
export const isPublicPath = (path: string) => publicPaths.some((pattern) => pattern.test(path));

/**
 * Checks whether a browser sent the request for a web page. Browsers without fetch metadata are recognized by their
 * User-Agent, which starts with Mozilla.
 */
function isOfPage(request: Pick<IncomingMessage, "headers">): boolean {
    const { "sec-fetch-site": site, "user-agent": agent = "" } = request.headers;
    return isFromWebPage(request) || (site === undefined && agent.startsWith("Mozilla/"));
}

/**
 * The receiver of a request: the local AWS's own endpoints below /_local (`tools`), a public endpoint, such as a deployed
 * API, a function URL or a distribution (`public`), or an AWS service (`calls`).
 */
export type Plane = "tools" | "public" | "calls";

/**
 * Returns the only plane that may answer a request, or the response to a request that the local AWS never serves, even
 * if signed. Rejects an unknown name in the Host header, because it is a sign of DNS rebinding: a web site whose name
 * resolves to this machine. A web page may call only public endpoints, and MiniStack authorizes these requests.
 */
export function classify(request: Asked): Plane | Answer {
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
    const isPublic = isPublicHost(host) || (path !== undefined && isPublicPath(path));
    if (path === undefined || (!isPublic && isOfPage(request))) {
        return forbidden(
            "A web page may call only the public resources of the local AWS: APIs, functions' URLs and distributions. " +
                "Send this call from a program, with the variables of: npm run -s local -- env",
        );
    }
    if (isPublic) return "public";
    if (!/^\/+_local(\/|$)/.test(path)) return "calls";
    return isForTools(request) ? "tools" : forbidden(`/_local answers only 127.0.0.1 and localhost, not ${host}.`);
}

const isPublicHost = (host: string) => distributionHost.test(host) || publicHosts.some((pattern) => pattern.test(host));

/** Returns the decoded path; undefined if the target is not a valid path. */
function pathOf(target: string): string | undefined {
    try {
        return target.startsWith("/") ? decodeURIComponent(target.split("?", 1)[0] ?? "/") : undefined;
    } catch {
        return undefined;
    }
}

function forbidden(message: string): Answer {
    const __type = "AccessDeniedException";
    return jsonAnswer(403, { __type, message }, { "x-amzn-errortype": __type });
}
