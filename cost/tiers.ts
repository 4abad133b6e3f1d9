import { prices } from "../config/prices.ts";

/** From how many units on which price of one holds. */
export type Tiers = readonly (readonly [from: number, usd: number])[];

/** Of a REST API: millions of requests. */
export const requestTiers: Tiers = [
    [0, prices.apiRequests.usd],
    [333, prices.apiRequestsFrom333M.usd],
    [1000, prices.apiRequestsFrom1B.usd],
];
/** From CloudFront, and from a region, to the internet: GB. */
export const edgeTiers: Tiers = [
    [0, prices.edgeTransfer.usd],
    [10_240, prices.edgeTransferFrom10TB.usd],
    [51_200, prices.edgeTransferFrom50TB.usd],
];
export const transferTiers: Tiers = [
    [0, prices.transfer.usd],
    [10_240, prices.transferFrom10TB.usd],
    [51_200, prices.transferFrom50TB.usd],
];

/** What an amount of a month costs, in US dollars. */
export function tieredUsd(amount: number, tiers: Tiers): number {
    return tiers.reduce((sum, [from, usd], index) => {
        const to = tiers[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
        return sum + Math.max(0, Math.min(amount, to) - from) * usd;
    }, 0);
}
