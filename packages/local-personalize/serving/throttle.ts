import { ServiceError } from "../errors.ts";

/** A campaign that rested answers this many seconds of its capacity at once: a guess. AWS documents no number. */
const BURST_SECONDS = 10;

interface Bucket {
    tokens: number;
    at: number;
}

/**
 * Limits requests to a campaign's provisioned transactions per second, by a token bucket. AWS adds capacity above the
 * minimum after a delay, in which requests can fail. Here the minimum is the limit.
 */
export function createThrottle() {
    const buckets = new Map<number, Bucket>();
    return {
        /** Takes one request of a campaign. Throws ThrottlingException (429) above the limit. `now` is in milliseconds. */
        take(campaign: number, transactionsPerSecond: number, now: number): void {
            const most = transactionsPerSecond * BURST_SECONDS;
            const { tokens, at } = buckets.get(campaign) ?? { tokens: most, at: now };
            const filled = Math.min(most, tokens + ((now - at) / 1000) * transactionsPerSecond);
            buckets.set(campaign, { tokens: Math.max(0, filled - 1), at: now });
            if (filled < 1) throw new ServiceError("ThrottlingException", "Rate exceeded", 429);
        },
    };
}
