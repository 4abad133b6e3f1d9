import type { configValues } from "./values.ts";

/** What stands between people and the campaign. */
export interface ServingConfig {
    /** Whether there is an API at all. */
    readonly api: boolean;
    /** Whether callers need an API key; there is none without a usage plan. */
    readonly apiKey: boolean;
    /** Requests per second that the stage lets pass, and so many at once. */
    readonly requestsPerSecond: number;
    readonly burst: number;
    /** Origins besides the storefront's whose pages may call, such as `https://films.example`. */
    readonly allowedOrigins: readonly string[];
    /** Whether API Gateway writes who asked for what to a log group; wants the account's log role. */
    readonly accessLogs: boolean;
    /** Whether the program makes the account's log role, which stays when the stack goes. */
    readonly gatewayLogRole: boolean;
    /** Whether a second campaign orders given films. */
    readonly rankingCampaign: boolean;
    /** So many of the busiest viewers are asked for in advance; 0: none. */
    readonly prefetchUsers: number;
    /** Where the page is: behind CloudFront, behind the API itself, or nowhere. */
    readonly storefront: "cloudfront" | "api" | "none";
}

/** Reads and checks the values about serving; bad ones are collected by `values`. */
export function parseServingConfig({ bad, oneOf, number, list, flag }: ReturnType<typeof configValues>): ServingConfig {
    const api = flag("api");
    const storefront = oneOf("storefront", ["cloudfront", "api", "none"]);
    const allowedOrigins = list("allowedOrigins");
    for (const [index, origin] of allowedOrigins.entries()) {
        if (!/^https?:\/\/[a-z0-9.-]+(:\d+)?$/.test(origin)) {
            bad(`allowedOrigins[${index}]`, `is "${origin}", which is no origin, such as https://films.example`);
        }
    }
    const apiKey = flag("apiKey");
    if (apiKey && storefront !== "none") {
        bad(
            "apiKey",
            `is true while storefront is ${storefront}: a key in a page is everybody's. Run \`pulumi config set storefront none\``,
        );
    }
    const rankingCampaign = flag("rankingCampaign");
    if (!api && rankingCampaign) {
        bad("rankingCampaign", "is true while api is false: nobody could ask it, and it would bill");
    }
    return {
        api,
        apiKey,
        requestsPerSecond: number("apiRequestsPerSecond", 1, true),
        burst: number("apiBurst", 1, true),
        allowedOrigins,
        accessLogs: flag("apiAccessLogs"),
        gatewayLogRole: flag("apiGatewayLogRole"),
        rankingCampaign,
        prefetchUsers: number("prefetchUsers", 0, true, 10_000),
        // Without an API the page has nobody to ask.
        storefront: api ? storefront : "none",
    };
}
