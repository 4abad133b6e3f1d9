import { flag, list, matches, members, oneOf, type Refuse, text, whole } from "../kinds.ts";

const apiFunction = "the API's function";
/** Allows HTTP only for this machine: see `components/api/viewer-auth.ts`. */
const issuerPattern = /^(https:\/\/[^\s/?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[^\s?#]*)?$/;

/** Configuration keys for API, page and precomputed lists. */
export const servingKeys = {
    serving: members(
        {
            mode: oneOf(["campaign", "batch"], "campaign", {
                description:
                    "`campaign`: a campaign computes lists on request; `batch`: batch inference jobs compute them in advance",
            }),
            everyDays: whole(7, { least: 1, most: 30, description: "days between two batch inference jobs" }),
            activeDays: whole(36_500, {
                least: 1,
                description:
                    "days without an interaction or event after which a viewer gets no list; by default every viewer of the data gets one",
            }),
        },
        {
            description:
                "where viewers' lists come from; [without a campaign](serving-modes.md) nothing is billed by the hour",
            changes: "± Campaign, ± Schedule",
            effect: "no training; `up` awaits the first job before it deletes the campaign",
            other: { mode: "batch" },
        },
    ),
    api: flag(true, {
        description:
            "a REST API that [always answers](call-it.md); `false`: only Personalize's own API, without table and page",
        changes: "± RestApi, ± Table, ± Distribution, ± Bucket",
        effect: "also functions; a new API has a new address",
        otherNeeds: { storefront: "none" },
    }),
    apiKey: flag(false, {
        description: "callers need the key in output `apiKey`; requires `storefront` `none`",
        changes: "~ RestApi",
        effect: "a new key has another value",
        otherNeeds: { storefront: "none" },
    }),
    viewerAuth: members(
        {
            issuer: text("", {
                description: "claim `iss` of the tokens: an https:// address with an OpenID Connect discovery document",
            }),
            audience: text("", { description: "claim `aud` of the tokens, usually the client id" }),
            claim: text("sub", { description: "claim with the viewer's id, as in the interactions" }),
        },
        {
            description:
                "with an issuer, a viewer's requests need [that viewer's token](viewer-auth.md). Without an issuer, anyone can read and change " +
                "any list, so use no data of real people",
            changes: "~ Distribution",
            effect: apiFunction,
            other: { issuer: "https://login.example", audience: "films" },
            check: checkViewerAuth,
        },
    ),
    publicHistories: flag(false, {
        description:
            "strangers may see the films that a viewer watched (field `because`, and [`GET /history`](serving.md#histories)); set it only for public data",
        effect: apiFunction,
    }),
    trackUnproven: flag(true, {
        description:
            "`false`: Personalize gets no events of viewers who send no token, so [no training uses them](data.md#events-of-strangers)",
        effect: apiFunction,
    }),
    throttle: members(
        {
            requestsPerSecond: whole(100, {
                least: 1,
                description: "requests per second; above this rate the API answers with 429",
            }),
            burst: whole(200, { least: 1, description: "requests that may arrive at once" }),
            eventsPerSecond: whole(10, { least: 1, description: "requests per second to `POST /events`" }),
            eventsBurst: whole(50, { least: 1, description: "requests to `POST /events` that may arrive at once" }),
        },
        {
            description:
                "rate limits of the API. Events have their own limits, because AWS bills each event several times",
        },
    ),
    allowedOrigins: list({
        description: "other web origins that may call the API: `'allowedOrigins[0]' https://films.example`",
        changes: "~ RestApi, ~ Distribution",
        other: ["https://films.example"],
        check(origins, refuse) {
            for (const [index, origin] of origins.entries()) {
                const isOrigin = matches(
                    /^https?:\/\/[a-z0-9.-]+(:\d+)?$/,
                    "which is not an origin, for example https://films.example",
                );
                isOrigin(origin, (reason) => refuse(reason, `[${index}]`));
            }
        },
    }),
    apiAccessLogs: flag(false, {
        description:
            "API Gateway logs requests, without viewers' ids, to `/aws/apigateway/movie-recommender-api`; needs the account's log role",
        otherNeeds: { apiGatewayLogRole: true },
    }),
    apiGatewayLogRole: flag(false, {
        description:
            "creates the role with which API Gateway writes logs of all APIs of the account; needs an administrator",
        effect: "`false` and destroy keep the role",
    }),
    rankingCampaign: flag(false, {
        description:
            "a second campaign, for `POST /rankings/{userId}`: about $146 more a month. Cost guard, limit and `park` include this campaign",
        changes: "± Solution, ± SolutionVersion, ± Campaign",
        effect: "a training",
        otherNeeds: { monthlyLimitUsd: 1000 },
    }),
    prefetchUsers: whole(100, {
        least: 0,
        most: 10_000,
        description:
            "number of busiest viewers whose lists are precomputed each hour, within the minimum TPS; `0`: none",
    }),
    storefront: oneOf(["cloudfront", "api", "none"], "api", {
        description:
            "server of the page: the API, or S3 and CloudFront, which [may refuse a new account](storefront.md#cloudfront)",
        changes: "~ RestApi, ± Distribution, ± Bucket",
    }),
};

function checkViewerAuth(
    { issuer, audience, claim }: { readonly issuer: string; readonly audience: string; readonly claim: string },
    refuse: Refuse,
): void {
    if (issuer === "" && audience === "") return;
    if (!issuerPattern.test(issuer)) {
        refuse(
            `is "${issuer}"; it must be the https:// address in claim iss of the tokens, for example https://login.example`,
            ".issuer",
        );
    }
    if (audience === "") {
        refuse("is empty; with an issuer it must be claim aud of the tokens, usually the client id", ".audience");
    }
    if (claim === "") {
        refuse("is empty; it must be the claim that holds the viewer's id, for example sub", ".claim");
    }
}
