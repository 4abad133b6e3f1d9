import { flag, list, matches, members, named, oneOf, type Refuse, text, whole } from "../kinds.ts";
import { checkPromotions, promotionMembers } from "../promotions.ts";

/** Allows HTTP only for this machine: see `checkViewerAuth`. */
const issuerPattern = /^(https:\/\/[^\s/?#]+|http:\/\/(127\.0\.0\.1|localhost)(:\d+)?)(\/[^\s?#]*)?$/;

/** API Gateway's default quotas of an account in a region (API Gateway Developer Guide, "Quotas"). */
export const mostRequestsPerSecond = 10_000;
const mostRequestsAtOnce = 5000;

/** Configuration keys for API, page and precomputed lists. */
export const servingKeys = {
    serving: members(
        {
            mode: oneOf(["campaign", "batch"], "campaign", {
                description: "[what makes viewers' lists](serving-modes.md)",
            }),
            everyDays: whole(7, { least: 1, most: 30, description: "days between two batch inference jobs" }),
            activeDays: whole(36_500, {
                least: 1,
                most: 36_500,
                description: "days without an interaction or event after which a viewer gets no list",
            }),
        },
        {
            description: "lists by a campaign, or in advance by batch inference",
            changes: ["± Campaign, Schedule, AwaitedLists"],
            effect: "no training",
            other: { mode: "batch" },
        },
    ),
    api: flag(true, {
        description: "the [REST API](call-it.md); `false`: only Personalize's own API, and no page",
        changes: ["± RestApi, Table, Distribution, Bucket"],
        effect: "a new API has a new address",
        otherNeeds: { storefront: "none" },
    }),
    apiKey: flag(false, {
        description: "callers need the key in output `apiKey`; requires `storefront` `none`",
        changes: ["~ RestApi"],
        effect: "a new key has another value",
        otherNeeds: { storefront: "none" },
    }),
    viewerAuth: members(
        {
            issuer: text("", {
                description: "claim `iss` of the tokens: an https:// address with OpenID Connect discovery",
            }),
            audience: text("", { description: "claim `aud` of the tokens, usually the client id" }),
            claim: text("sub", { description: "claim with the viewer's id, as in the interactions" }),
        },
        {
            description:
                "with an issuer, a viewer's requests need [that viewer's token](viewer-auth.md). Without an issuer, anyone can read and change any list",
            changes: ["~ Distribution"],
            other: { issuer: "https://login.example", audience: "films" },
            check: checkViewerAuth,
        },
    ),
    publicHistories: flag(false, {
        description: "strangers may see [the items that a viewer watched](serving.md#histories); only for public data",
    }),
    hideUnavailable: flag(true, {
        description:
            "lists leave out items that are sold out or no longer available; `false`: they stay (only with such a column in the table of items)",
    }),
    promotions: named(promotionMembers, {
        description:
            "[promotions](serving.md#promotions) by name: `filter` (an expression on `Items`), `percent` (1 to 100), `from` and `until`",
        other: { sale: { filter: "INCLUDE ItemID WHERE Items.YEAR > 1990", percent: 10, until: "2999-01-01" } },
        check: checkPromotions,
    }),
    experiment: members(
        {
            name: text("", {
                description: "the experiment's name; empty: none",
                check: matches(
                    /^([a-z0-9][a-z0-9-]{0,31})?$/,
                    "which is not a name of at most 32 lower-case letters, digits and hyphens",
                ),
            }),
            control: oneOf(["popular", "similar"], "popular", {
                description: "lists of the control group: popular items, or items like the viewer's newest ones",
            }),
            share: whole(50, { least: 1, most: 99, description: "percentage of viewers in the control group" }),
            windowHours: whole(24, {
                least: 1,
                most: 720,
                description: "hours after a viewer's first list in which watches count",
            }),
        },
        {
            description: "an [experiment](runbooks.md#experiment): some viewers get lists without the campaign",
            other: { name: "first" },
        },
    ),
    trackUnproven: flag(true, {
        description: "`false`: Personalize gets no [events of strangers](data.md#events-of-strangers)",
    }),
    eventTypes: list({
        description: "types of events that the API accepts, in addition to those in the data: `'eventTypes[0]' Share`",
        other: ["Share"],
    }),
    throttle: members(
        {
            requestsPerSecond: whole(20, {
                least: 1,
                most: mostRequestsPerSecond,
                description: "requests per second; above this rate the API answers with 429",
            }),
            burst: whole(40, { least: 1, most: mostRequestsAtOnce, description: "requests that may arrive at once" }),
            eventsPerSecond: whole(5, {
                least: 1,
                most: mostRequestsPerSecond,
                description: "requests per second to `POST /events`",
            }),
            eventsBurst: whole(25, {
                least: 1,
                most: mostRequestsAtOnce,
                description: "requests to `POST /events` that may arrive at once",
            }),
        },
        {
            description: "rate limits of the API",
        },
    ),
    allowedOrigins: list({
        description: "other web origins that may call the API: `'allowedOrigins[0]' https://films.example`",
        changes: ["~ RestApi, Distribution"],
        other: ["https://films.example"],
        check(origins, refuse) {
            for (const [index, origin] of origins.entries()) {
                const isOrigin = matches(
                    /^https?:\/\/[a-z0-9.-]+(:\d+)?$/,
                    "which is not an origin, for example https://films.example",
                );
                isOrigin(origin, (reason) => refuse(reason, index));
            }
        },
    }),
    apiAccessLogs: flag(false, {
        description: "API Gateway [logs requests](observability.md#the-access-log), without viewers' ids",
    }),
    prefetchUsers: whole(100, {
        least: 0,
        most: 10_000,
        description: "number of busiest viewers whose lists are requested in advance, within the minimum TPS",
    }),
    storefront: oneOf(["cloudfront", "api", "none"], "api", {
        description: "server of the page: the API, or [CloudFront](storefront.md#cloudfront)",
        changes: ["~ RestApi", "± Distribution, Bucket"],
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
            "issuer",
        );
    }
    if (audience === "") {
        refuse("is empty; with an issuer it must be claim aud of the tokens, usually the client id", "audience");
    }
    if (claim === "") refuse("is empty; it must be the claim that holds the viewer's id, for example sub", "claim");
}
