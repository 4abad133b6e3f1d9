import { prices } from "../config/prices.ts";

/** Price tiers: the start of each tier in units, with its price per unit. */
type Tiers = readonly (readonly [from: number, usd: number])[];

/** Price tiers of a REST API, in millions of requests. */
export const requestTiers: Tiers = [
    [0, prices.apiRequests.usd],
    [333, prices.apiRequestsFrom333M.usd],
    [1000, prices.apiRequestsFrom1B.usd],
];
/** Price tiers of the transfer to the internet, in GB: from CloudFront, and from a region. */
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

/** Returns the price in US dollars of the amount that is used in a month, by price tiers. */
export function tieredUsd(amount: number, tiers: Tiers): number {
    return tiers.reduce((sum, [from, usd], index) => {
        const to = tiers[index + 1]?.[0] ?? Number.POSITIVE_INFINITY;
        return sum + Math.max(0, Math.min(amount, to) - from) * usd;
    }, 0);
}
