import type { StackConfig } from "./config.ts";

/** The throttle of one method, or of all methods that have no throttle of their own. */
export interface Throttle {
    /** Suffix of the Pulumi resource's name. */
    readonly ending: string;
    /**
     * The key of the method's settings in the stage, with every slash of the resource's path as `~1`. API Gateway
     * applies settings of a nested path only under that key. Pulumi's AWS plugin sends and reads it unchanged.
     */
    readonly methodPath: string;
    /** Requests per second. */
    readonly rate: number;
    /** Requests. */
    readonly burst: number;
}

/** Values that determine the throttles of a stage; rates in requests per second. */
export type Rates = StackConfig["throttle"] & Pick<StackConfig, "storefront" | "allowedOrigins">;

/** Returns the values of a configuration that determine the throttles. */
export const toRates = (config: StackConfig): Rates => ({ ...config, ...config.throttle });

/** Key of the settings of all methods without settings of their own. */
export const otherPaths = "*/*";

const keyOf = (verb: string, path: string) => `${path.replaceAll("/", "~1")}/${verb}`;

/** Path of events, whose rate is a config key of its own. */
const events = "/events";

/** Share of the API's rate for each path that usual traffic does not request. */
const unused = 0.01;

/**
 * Share of the API's rate for each GET method of the API. API Gateway applies a stage's rate to each method separately
 * (API Gateway Developer Guide, "Throttle requests to your REST APIs"). Therefore a rate of 20 for all methods would
 * allow anybody 20 requests a second to each method. With these shares, usual traffic in any mix is allowed up to two
 * thirds of the rate.
 */
const shares: readonly (readonly [path: string, share: number])[] = [
    ["/recommendations/{userId}", 1],
    ["/history/{userId}", 0.1],
    ["/similar/{itemId}", 0.1],
    ["/items/{itemId}", 0.1],
    ["/items", 0.05],
    ["/popular", 0.1],
    ["/trending", 0.1],
    ["/health", 0.03],
    ["/openapi.json", unused],
];

/**
 * Returns the throttles of a stage: one for each method of the API, and one for all other paths. A method has a share of
 * the rate, in hundredths of a request a second, but the whole burst: a page view requests several lists at once, and a
 * burst passes once, so it costs little. A browser sends preflight requests only for pages of other origins.
 */
export function throttles(rates: Rates): readonly Throttle[] {
    const throttle = (verb: string, path: string, rate: number, burst: number): Throttle => ({
        ending: `-${verb}${path.replaceAll(/[{}+]/g, "").replaceAll("/", "-")}`,
        methodPath: keyOf(verb, path),
        rate,
        burst,
    });
    const shared = (verb: string, path: string, share: number) =>
        throttle(verb, path, Math.max(1, Math.round(100 * rates.requestsPerSecond * share)) / 100, rates.burst);
    const preflight = rates.allowedOrigins.length > 0 ? 0.1 : unused;
    return [
        { ...shared("*", "*", unused), ending: "", methodPath: otherPaths },
        ...shares.map(([path, share]) => shared("GET", path, share)),
        throttle("POST", events, rates.eventsPerSecond, rates.eventsBurst),
        ...[...shares.map(([path]) => path), events].map((path) => shared("OPTIONS", path, preflight)),
        ...(rates.storefront === "api" ? [shared("GET", "/storefront/{proxy+}", 0.1)] : []),
    ];
}

/**
 * Percentage of the API's rate that may call the campaign. In usual traffic, 6.4 % of the requests cannot be answered
 * from a cache (`npm run bench:api`), and the API's rate is twice that of the busiest minute (docs/cost.md, "Scale").
 */
const uncachedPercent = 4;

/**
 * Returns the maximum number of campaign requests a second that unauthenticated viewers may cause. Usual traffic at
 * half of the API's rate needs no more. Without this limit, anybody could scale the campaign up to the API's rate by
 * requesting lists for invented viewers.
 */
export const campaignCeiling = (
    { requestsPerSecond }: Pick<Rates, "requestsPerSecond">,
    minProvisionedTPS: number,
): number => Math.max(minProvisionedTPS, Math.ceil((requestsPerSecond * uncachedPercent) / 100));
