import { flag, list, matches, oneOf, optional, text, whole } from "../kinds.ts";

const apiFunction = "the API's function";
const throttling = "the stage's throttling, and the alarms for requests and events";

/** API, page and precomputing in front of the campaign. */
export const servingKeys = {
    api: flag(true, {
        description:
            "a REST API in front of the campaign that [always answers](api.md); `false`: only Personalize's own API, without table and page",
        changes: "± RestApi, ± Table, ± Distribution, ± Bucket",
        effect: "with functions, page and prefetch; a new API has a new address",
        otherNeeds: { storefront: "none" },
    }),
    apiKey: flag(false, {
        description:
            "callers need the API key in the output `apiKey`; requires `storefront` `none`, because every visitor could read a key in the page",
        changes: "~ RestApi",
        effect: "key and usage plan created or deleted; a new key has another value",
        otherNeeds: { storefront: "none" },
    }),
    viewerAuth: oneOf(["none", "jwt"], "none", {
        description:
            "`none`: anyone can read and change any viewer's list, so use no real people's data. `jwt`: a request for a viewer needs " +
            "that viewer's token ([api.md](api.md#who-is-the-viewer))",
        changes: "~ Distribution",
        effect: apiFunction,
        otherNeeds: { viewerIssuer: "https://login.example", viewerAudience: "films" },
    }),
    viewerIssuer: optional({
        description:
            "with `viewerAuth` `jwt`: claim `iss` of the tokens, an https:// address with an OpenID Connect discovery document",
        effect: apiFunction,
        other: "https://login.example/other",
        otherNeeds: { viewerAuth: "jwt", viewerAudience: "films" },
    }),
    viewerAudience: optional({
        description: "with `viewerAuth` `jwt`: claim `aud` of the tokens, usually the client id",
        effect: apiFunction,
        other: "books",
        otherNeeds: { viewerAuth: "jwt", viewerIssuer: "https://login.example" },
    }),
    viewerClaim: text("sub", {
        description: "the claim of a token that holds the viewer's id, as in the interactions",
        effect: apiFunction,
        other: "email",
        otherNeeds: { viewerAuth: "jwt", viewerIssuer: "https://login.example", viewerAudience: "films" },
    }),
    publicHistories: flag(false, {
        description:
            "strangers may see the films that a viewer watched (`because`, [`GET /history`](api.md#a-viewers-history)); only for public data such as MovieLens",
        effect: apiFunction,
    }),
    trackUnproven: flag(true, {
        description:
            "Personalize gets the events of unproven viewers; `false`: only the API's table does, so [no training uses them](data.md#events-of-strangers)",
        effect: apiFunction,
    }),
    apiRequestsPerSecond: whole(100, {
        least: 1,
        description: "throttling rate of the API; callers above it get 429",
        effect: throttling,
    }),
    apiBurst: whole(200, { least: 1, description: "throttling burst of the API, in requests", effect: throttling }),
    eventsPerSecond: whole(10, {
        least: 1,
        description:
            "throttling rate of `POST /events`, in place of the API's: each event is billed by table, event tracker and later trainings",
        effect: throttling,
    }),
    eventsBurst: whole(50, {
        least: 1,
        description: "throttling burst of `POST /events`, in requests",
        effect: throttling,
    }),
    allowedOrigins: list({
        description:
            "other web origins that may call the API: `pulumi config set --path 'allowedOrigins[0]' https://films.example`",
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
            "API Gateway logs each request, without the viewer's id, to `/aws/apigateway/movie-recommender-api`; needs the account's log role",
        effect: "the stage, and its log group",
        otherNeeds: { apiGatewayLogRole: true },
    }),
    apiGatewayLogRole: flag(false, {
        description:
            "creates the role that API Gateway uses to write logs for all APIs of the account and region, and keeps it at destroy; needs an administrator",
        effect: "the account's log role created; `false` keeps it",
    }),
    rankingCampaign: flag(false, {
        description:
            "a second campaign that ranks given films for `POST /rankings/{userId}`: about $146 more a month; preview and cost guard count it, " +
            "and `park` parks it too",
        changes: "± Solution, ± SolutionVersion, ± Campaign",
        effect: "a training for the second campaign",
        otherNeeds: { monthlyLimitUsd: 1000 },
    }),
    prefetchUsers: whole(100, {
        least: 0,
        most: 10_000,
        description:
            "number of top viewers whose lists are precomputed each hour, within the campaign's minimum TPS; `0` disables",
        effect: "the prefetch; `0` deletes its function, schedule and roles",
    }),
    storefront: oneOf(["cloudfront", "api", "none"], "api", {
        description:
            "the page: `api` serves it from the API; `cloudfront` serves it from S3 and CloudFront, which [may refuse a new account](storefront.md#cloudfront)",
        changes: "~ RestApi, ± Distribution, ± Bucket",
    }),
};
