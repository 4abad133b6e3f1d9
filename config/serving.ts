import type { configValues } from "./values.ts";

/** API, page and precomputing in front of the campaign. */
export interface ServingConfig {
    /** Whether there is an API. */
    readonly api: boolean;
    /** Whether callers need an API key; without it there is no usage plan. */
    readonly apiKey: boolean;
    /** Throttling of the stage: rate in requests per second, and burst. */
    readonly requestsPerSecond: number;
    readonly burst: number;
    /** Throttling of `POST /events`: rate in requests per second, and burst. */
    readonly eventsPerSecond: number;
    readonly eventsBurst: number;
    /** Other web origins that may call the API, for example `https://films.example`. */
    readonly allowedOrigins: readonly string[];
    /** Whether API Gateway writes access logs; needs the account's log role. */
    readonly accessLogs: boolean;
    /** Whether the program creates the account's log role, which destroy keeps. */
    readonly gatewayLogRole: boolean;
    /** Whether a second campaign ranks given films. */
    readonly rankingCampaign: boolean;
    /** Number of top viewers to precompute; 0 disables. */
    readonly prefetchUsers: number;
    /** Host of the page: CloudFront, the API itself, or none. */
    readonly storefront: "cloudfront" | "api" | "none";
}

/** Whether the stack has the function that precomputes lists. */
export const prefetches = ({ api, prefetchUsers }: Pick<ServingConfig, "api" | "prefetchUsers">): boolean =>
    api && prefetchUsers > 0;

/** Reads and checks the serving values; `values` collects the problems. */
export function parseServingConfig({ bad, oneOf, number, list, flag }: ReturnType<typeof configValues>): ServingConfig {
    const api = flag("api");
    const storefront = oneOf("storefront", ["cloudfront", "api", "none"]);
    const allowedOrigins = list("allowedOrigins");
    for (const [index, origin] of allowedOrigins.entries()) {
        if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(origin)) {
            bad(
                `allowedOrigins[${index}]`,
                `is "${origin}", which is not an origin, for example https://films.example`,
            );
        }
    }
    const apiKey = flag("apiKey");
    if (apiKey && storefront !== "none") {
        bad(
            "apiKey",
            `is true while storefront is ${storefront}: every visitor could read the key in the page. Run \`pulumi config set storefront none\``,
        );
    }
    const rankingCampaign = flag("rankingCampaign");
    if (!api && rankingCampaign) {
        bad(
            "rankingCampaign",
            "is true while api is false: without the API the campaign gets no requests, but it is billed",
        );
    }
    return {
        api,
        apiKey,
        requestsPerSecond: number("apiRequestsPerSecond", 1, true),
        burst: number("apiBurst", 1, true),
        eventsPerSecond: number("eventsPerSecond", 1, true),
        eventsBurst: number("eventsBurst", 1, true),
        allowedOrigins,
        accessLogs: flag("apiAccessLogs"),
        gatewayLogRole: flag("apiGatewayLogRole"),
        rankingCampaign,
        prefetchUsers: number("prefetchUsers", 0, true, 10_000),
        // The page needs the API.
        storefront: api ? storefront : "none",
    };
}
