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
    /** The issuer of viewers' tokens; undefined: any caller can name any viewer. */
    readonly viewerAuth: ViewerAuthConfig | undefined;
    /** Whether strangers may see the films that a viewer watched. */
    readonly publicHistories: boolean;
    /** Whether Personalize gets the events of unproven viewers. */
    readonly trackUnproven: boolean;
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

/** OpenID Connect issuer, audience, and the claim that holds the viewer's id. */
export interface ViewerAuthConfig {
    readonly issuer: string;
    readonly audience: string;
    readonly claim: string;
}

/** Whether the stack has the function that precomputes lists. */
export const prefetches = ({ api, prefetchUsers }: Pick<ServingConfig, "api" | "prefetchUsers">): boolean =>
    api && prefetchUsers > 0;

/** The function that precomputes lists, and its viewers in one run; undefined for a stack without it. */
export const prefetchOf = ({
    serving,
    names,
}: {
    readonly serving: Pick<ServingConfig, "api" | "prefetchUsers">;
    readonly names: { readonly prefetch: string };
}) => (prefetches(serving) ? { functionName: names.prefetch, viewers: serving.prefetchUsers } : undefined);

type Values = ReturnType<typeof configValues>;

/** HTTP only on this machine: see `components/api/viewer-auth.ts`. */
const issuerPattern = /^(https:\/\/[^\s/?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[^\s?#]*)?$/;

function parseViewerAuth({ bad, text, oneOf }: Values): ViewerAuthConfig | undefined {
    const auth = oneOf("viewerAuth", ["none", "jwt"]);
    const [issuer, audience, claim] = [text("viewerIssuer"), text("viewerAudience"), text("viewerClaim")];
    if (auth !== "jwt") {
        if (issuer !== "") {
            bad(
                "viewerIssuer",
                `is "${issuer}" while viewerAuth is none: no token is checked. Run \`pulumi config set viewerAuth jwt\``,
                ["viewerAuth"],
            );
        }
        return undefined;
    }
    if (!issuerPattern.test(issuer)) {
        bad(
            "viewerIssuer",
            `is "${issuer}"; with viewerAuth jwt it must be the https:// address in claim iss of the tokens, for example https://login.example`,
        );
    }
    if (audience === "") {
        bad(
            "viewerAudience",
            "is empty; with viewerAuth jwt it must be claim aud of the tokens, usually the client id",
        );
    }
    if (claim === "") {
        bad("viewerClaim", "is empty; it must be the claim that holds the viewer's id, for example sub");
    }
    return { issuer, audience, claim };
}

/** Reads and checks the serving values; `values` collects the problems. */
export function parseServingConfig(values: Values): ServingConfig {
    const { bad, oneOf, number, list, flag } = values;
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
            ["storefront"],
        );
    }
    const rankingCampaign = flag("rankingCampaign");
    if (!api && rankingCampaign) {
        bad(
            "rankingCampaign",
            "is true while api is false: without the API the campaign gets no requests, but it is billed. " +
                "Run `pulumi config set rankingCampaign false`",
            ["api"],
        );
    }
    return {
        api,
        apiKey,
        requestsPerSecond: number("apiRequestsPerSecond", 1, true),
        burst: number("apiBurst", 1, true),
        eventsPerSecond: number("eventsPerSecond", 1, true),
        eventsBurst: number("eventsBurst", 1, true),
        viewerAuth: parseViewerAuth(values),
        publicHistories: flag("publicHistories"),
        trackUnproven: flag("trackUnproven"),
        allowedOrigins,
        accessLogs: flag("apiAccessLogs"),
        gatewayLogRole: flag("apiGatewayLogRole"),
        rankingCampaign,
        prefetchUsers: number("prefetchUsers", 0, true, 10_000),
        // The page needs the API.
        storefront: api ? storefront : "none",
    };
}
