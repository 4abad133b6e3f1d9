/**
 * Prices of Amazon Personalize for this drill only, written by hand from the project's sources. The drill uses neither
 * config/prices.ts nor cost/, so that it does not repeat their mistakes. US dollars; US prices, unverified.
 */
export const billTable = {
    /** One GB imported or streamed. Third-party cost playbook of July 2026. */
    DataIngestion: 0.05,
    /** One training hour, recipes other than v2. Same playbook. */
    TrainingHours: 0.24,
    /** 1,000 considered interactions, v2 recipes. Same playbook. */
    TrainingInteractions: 0.002,
    /** One TPS-hour up to 20,000 a month, recipes other than v2. Same playbook; no drill exceeds 20,000. */
    RecommendationTPSHours: 0.2,
    /** 1,000 requests, v2 recipes. Same playbook. */
    RecommendationRequests: 0.15,
} as const;

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

const windowMinutes = (v2: boolean): number => (v2 ? 60 : 5);

/** Calculates the true bill of one campaign in a month, minute by minute. */
export function meterOf(v2: boolean) {
    let window = { hours: 0, requests: 0, closed: 0 };
    const meter = {
        /** US dollars. */
        usd: 0,
        /** Whether any window of the month had more requests than the minimum. */
        busy: false,
        /** Starts a new window, after the end of the last window or a change of the campaign. */
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
        /** Adds one request to the current window. */
        ask(): void {
            window.requests += 1;
        },
    };
    return meter;
}
