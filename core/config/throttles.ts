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

const keyOf = (verb: string, path: string) => `${path.replaceAll("/", "~1")}/${verb}`;

/** Key of the settings of all methods without settings of their own. */
export const otherPaths = "*/*";
const events = "/events";
export const eventsPath = keyOf("POST", events);
export const listsPath = keyOf("GET", "/recommendations/{userId}");
export const pagePath = keyOf("GET", "/storefront/{proxy+}");
/** Key of the settings of all paths that have no route of their own, such as histories, films and health. */
export const proxyPath = keyOf("GET", "/{proxy+}");

/**
 * Returns the throttles of a stage: one for the usual method of each route, and one for each other method (preflight
 * requests, and wrong methods, which the function answers). API Gateway applies a stage's rate to each method separately
 * (API Gateway Developer Guide, "Throttle requests to your REST APIs"), so requests to other paths cannot use up the
 * rate of viewers' lists. AWS does not document settings of the method ANY, so each route has its usual method, GET or
 * POST. A route has a share of the rate, in hundredths of a request a second, but the whole burst: a page view requests
 * several lists at once, and a burst passes once, so it costs little.
 */
export function throttles(rates: Rates): readonly Throttle[] {
    const throttle = (verb: string, path: string, rate: number, burst: number): Throttle => ({
        ending: `-${verb}${path.replaceAll(/[{}+]/g, "").replaceAll("/", "-")}`,
        methodPath: keyOf(verb, path),
        rate,
        burst,
    });
    const shared = (path: string, share: number) =>
        throttle("GET", path, Math.max(1, Math.round(100 * rates.requestsPerSecond * share)) / 100, rates.burst);
    // A browser sends preflight requests only for pages of other origins. Nothing else usually sends other methods.
    const others = rates.allowedOrigins.length > 0 ? 0.4 : 0.01;
    return [
        { ...shared("*", others), ending: "", methodPath: otherPaths },
        shared("/recommendations/{userId}", 1),
        throttle("POST", events, rates.eventsPerSecond, rates.eventsBurst),
        shared("/{proxy+}", 0.4),
        ...(rates.storefront === "api" ? [shared("/storefront/{proxy+}", 0.1)] : []),
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
