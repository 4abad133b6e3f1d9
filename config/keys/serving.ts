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
                    "`campaign`: a campaign makes lists at each request. `batch`: batch inference jobs make them in advance",
            }),
            everyDays: whole(7, { least: 1, most: 30, description: "days between two batch inference jobs" }),
            activeDays: whole(30, {
                least: 1,
                description: "a job makes lists for viewers with an interaction or event in these last days",
            }),
        },
        {
            description:
                "where viewers' lists come from. [Without a campaign](serving-modes.md) nothing is billed by the hour, but an event does " +
                "not change the model's list before the next job",
            changes: "± Campaign, ± Schedule",
            effect:
                "no training. `up` awaits the first job before it deletes the campaign, or the campaign before it " +
                "deletes the schedule",
            other: { mode: "batch" },
        },
    ),
    api: flag(true, {
        description:
            "a REST API in front of the campaign that [always answers](call-it.md); `false`: only Personalize's own API, without table and page",
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
    viewerAuth: members(
        {
            issuer: text("", {
                description: "claim `iss` of the tokens, an https:// address with an OpenID Connect discovery document",
            }),
            audience: text("", { description: "claim `aud` of the tokens, usually the client id" }),
            claim: text("sub", { description: "claim that holds the viewer's id, as in the interactions" }),
        },
        {
            description:
                "without an issuer anyone can read and change any viewer's list, so use no real people's data. With one, a request " +
                "for a viewer needs that viewer's token ([viewers' tokens](viewer-auth.md))",
            changes: "~ Distribution",
            effect: apiFunction,
            other: { issuer: "https://login.example", audience: "films" },
            check: checkViewerAuth,
        },
    ),
    publicHistories: flag(false, {
        description:
            "strangers may see the films that a viewer watched (`because`, [`GET /history`](serving.md#histories)); only for public data such as MovieLens",
        effect: apiFunction,
    }),
    trackUnproven: flag(true, {
        description:
            "Personalize gets the events of unproven viewers; `false`: only the API's table does, so [no training uses them](data.md#events-of-strangers)",
        effect: apiFunction,
    }),
    throttle: members(
        {
            requestsPerSecond: whole(100, { least: 1, description: "rate of the API; callers above it get 429" }),
            burst: whole(200, { least: 1, description: "burst of the API, in requests" }),
            eventsPerSecond: whole(10, { least: 1, description: "rate of `POST /events`, in place of the API's" }),
            eventsBurst: whole(50, { least: 1, description: "burst of `POST /events`, in requests" }),
        },
        {
            description:
                "throttling of the API. Each event is billed by table, event tracker and later trainings, so events have a rate of their own",
            effect: "the stage's throttling, and the alarms for requests and events",
        },
    ),
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
