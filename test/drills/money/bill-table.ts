/**
 * Prices of Amazon Personalize, written by hand from the project's sources for this drill only. It uses neither
 * config/prices.ts nor cost/, so that a mistake there is not repeated. US dollars; US prices, unverified.
 */
export const billTable = {
    /** A GB imported or streamed. Third-party cost playbook of July 2026. */
    DataIngestion: 0.05,
    /** A training hour, recipes other than v2. From that playbook. */
    TrainingHours: 0.24,
    /** 1,000 interactions considered, v2 recipes. From that playbook. */
    TrainingInteractions: 0.002,
    /** A TPS-hour up to 20,000 a month, recipes other than v2. From that playbook; no drill exceeds it. */
    RecommendationTPSHours: 0.2,
    /** 1,000 requests, v2 recipes. From that playbook. */
    RecommendationRequests: 0.15,
} as const;

export type BilledKind = keyof typeof billTable;

/**
 * Bill of one campaign in one window, US dollars (developer guide, "Campaigns", and the pricing model of v2): the
 * larger of provisioned and actual requests, with at least one provisioned request a second. A window has 5 minutes;
 * for v2, whose minimum is per hour, 60.
 */
export function windowUsd(
    v2: boolean,
    { hours, minimum, requests }: { readonly hours: number; readonly minimum: number; readonly requests: number },
): number {
    const provisioned = Math.max(1, minimum) * hours;
    return v2
        ? (Math.max(provisioned * 3600, requests) / 1000) * billTable.RecommendationRequests
        : Math.max(provisioned, requests / 3600) * billTable.RecommendationTPSHours;
}

export const windowMinutes = (v2: boolean): number => (v2 ? 60 : 5);

/** The true bill of one campaign in the month so far, minute by minute. */
export function meterOf(v2: boolean) {
    let window = { hours: 0, requests: 0, closed: 0 };
    const meter = {
        /** US dollars. */
        usd: 0,
        /** Whether a window of the month had more requests than the minimum bills. */
        busy: false,
        /** Starts a new window: the old one is over, or the campaign changed. */
        close(): void {
            window = { hours: 0, requests: 0, closed: meter.usd };
        },
        beginMonth(): void {
            meter.usd = 0;
            meter.close();
        },
        beginMinute(minute: number): void {
            if (minute % windowMinutes(v2) === 0) meter.close();
        },
        /** Adds a minute with a campaign and some requests. */
        pass(requests: number, minimum: number): void {
            window.hours += 1 / 60;
            window.requests += requests;
            meter.usd = window.closed + windowUsd(v2, { ...window, minimum });
            meter.busy ||= window.requests > minimum * windowMinutes(v2) * 60;
        },
        /** Adds one request to this window. */
        ask(): void {
            window.requests += 1;
        },
    };
    return meter;
}
