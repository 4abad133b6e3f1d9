/**
 * Prices of Amazon Personalize in US dollars for this drill only, written by hand from the sources in each comment and
 * not verified on AWS. The drill uses neither config/prices.ts nor cost/, because it would then not find their
 * mistakes.
 */
export const billTable = {
    /**
     * Price of one GB of imported or streamed data. Source of this and the other prices: a third-party cost playbook of
     * July 2026.
     */
    DataIngestion: 0.05,
    /** Price of one training hour with recipes other than v2. */
    TrainingHours: 0.24,
    /** Price of 1,000 interactions in a training with a v2 recipe. */
    TrainingInteractions: 0.002,
    /**
     * Price of one TPS-hour with recipes other than v2, for the first 20,000 TPS-hours in a month. No drill exceeds
     * them.
     */
    RecommendationTPSHours: 0.2,
    /** Price of 1,000 requests with a v2 recipe. */
    RecommendationRequests: 0.15,
} as const;

/**
 * Returns the cost of one campaign in one window in US dollars: that of the provisioned or the actual requests,
 * whichever is larger. At least one request per second is provisioned. A window has 5 minutes, or 60 minutes for v2
 * recipes (Developer Guide, "Campaigns", and the pricing of v2).
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

/** Calculates the actual cost of one campaign in a month, minute by minute. */
export function createMeter(v2: boolean) {
    let window = { hours: 0, requests: 0, closed: 0 };
    const meter = {
        /** US dollars. */
        usd: 0,
        /** Whether any window of the month had more requests than the minimum TPS allows. */
        busy: false,
        /** Starts a new window: after the end of the last one, or after a change of the campaign. */
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
        /** Adds one minute in which the campaign exists and gets this number of requests. */
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
