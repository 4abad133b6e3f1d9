import type { ServingConfig } from "./serving.ts";

/** Throttle of a method, or of every other method. */
export interface Throttle {
    /** End of the resource's name. */
    readonly ending: string;
    /** The method in the stage's settings, without a leading slash (Pulumi Registry, "MethodSettings"). */
    readonly methodPath: string;
    /** Requests per second. */
    readonly rate: number;
    /** Requests. */
    readonly burst: number;
}

export type Rates = Pick<
    ServingConfig,
    "requestsPerSecond" | "burst" | "eventsPerSecond" | "eventsBurst" | "storefront" | "rankingCampaign"
>;

/** Path of events in the stage's settings, which have a rate of their own in the configuration. */
export const eventsPath = "events/POST";
export const listsPath = "recommendations/{userId}/GET";
export const pagePath = "storefront/{proxy+}/GET";
export const historyPath = "history/{userId}/GET";
const rankingsPath = "rankings/{userId}/POST";
export const otherPaths = "*/*";

/**
 * Share of the API's rate for each method. API Gateway applies a stage's rate to each method separately (API
 * Gateway Developer Guide, "Throttle requests to your REST APIs"). Therefore a rate of 100 for all methods
 * would allow a stranger 100 requests a second of each of them. The shares allow every mix of usual
 * traffic up to two thirds of the rate.
 */
const shares = [
    { ending: "", methodPath: otherPaths, share: 0.01 },
    { ending: "-lists", methodPath: listsPath, share: 1 },
    { ending: "-history", methodPath: historyPath, share: 0.1 },
    { ending: "-similar", methodPath: "similar/{itemId}/GET", share: 0.1 },
    { ending: "-items", methodPath: "items/{itemId}/GET", share: 0.1 },
    { ending: "-popular", methodPath: "popular/GET", share: 0.1 },
    { ending: "-trending", methodPath: "trending/GET", share: 0.1 },
    { ending: "-health", methodPath: "health/GET", share: 0.05 },
    { ending: "-rankings", methodPath: rankingsPath, share: 0.1 },
    { ending: "-page", methodPath: pagePath, share: 0.1 },
] as const;

/** The throttles of a stage. A method's own throttle replaces the one of all methods. */
export function throttles(rates: Rates): readonly Throttle[] {
    const part = (of: number, share: number) => Math.max(1, Math.round(of * share));
    const isServed = (path: string) =>
        (path !== pagePath || rates.storefront === "api") && (path !== rankingsPath || rates.rankingCampaign);
    const shared = shares
        .filter(({ methodPath }) => isServed(methodPath))
        .map(({ ending, methodPath, share }) => ({
            ending,
            methodPath,
            rate: part(rates.requestsPerSecond, share),
            burst: part(rates.burst, share),
        }));
    const { eventsPerSecond: rate, eventsBurst: burst } = rates;
    return [...shared, { ending: "-events", methodPath: eventsPath, rate, burst }];
}

/**
 * Percentage of the rate that calls the campaign. No cache answers 6.4 % of usual requests (`npm run bench:api`). The
 * rate is twice the busiest minute (docs/scale.md).
 */
const uncachedPercent = 4;

/**
 * Most campaign requests a second that unproven viewers may cause. Usual traffic at half of the API's rate needs no
 * more. A stranger who asks for a new viewer each time would otherwise scale the campaign up to the API's rate.
 */
export const campaignCeiling = (
    { requestsPerSecond }: Pick<Rates, "requestsPerSecond">,
    minProvisionedTPS: number,
): number => Math.max(minProvisionedTPS, Math.ceil((requestsPerSecond * uncachedPercent) / 100));
