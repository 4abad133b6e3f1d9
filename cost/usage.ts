import { prices } from "../config/prices.ts";

/** Usage of all services in front of the campaign in any period, in units that AWS bills. */
export interface Usage {
    /** Number of requests to the REST API, and of requests to its function. */
    readonly apiRequests: number;
    readonly functionRequests: number;
    readonly gbSeconds: number;
    /** Read and write request units of the table. */
    readonly reads: number;
    readonly writes: number;
    readonly logGb: number;
    readonly traces: number;
    /** Gigabytes from the API to the internet. */
    readonly transferGb: number;
    /** Gigabytes of events that Personalize ingests. */
    readonly eventsGb: number;
    /** Requests to CloudFront, and its gigabytes to viewers. */
    readonly edgeRequests: number;
    readonly edgeGb: number;
}

export const noUsage: Usage = {
    apiRequests: 0,
    functionRequests: 0,
    gbSeconds: 0,
    reads: 0,
    writes: 0,
    logGb: 0,
    traces: 0,
    transferGb: 0,
    eventsGb: 0,
    edgeRequests: 0,
    edgeGb: 0,
};

/** Estimates of quantities for which AWS publishes no metric. */
export const assumed = {
    /** Kilobytes of the longest list, for 100 films. */
    answerKb: 14,
    /** Kilobytes of an answer's headers. */
    headersKb: 1,
    /** Kilobytes of an event with the longest ids. */
    eventKb: 0.6,
    /** X-Ray samples one request per second, and this share of the others (X-Ray Developer Guide, "Sampling rules"). */
    tracedShare: 0.05,
} as const;

const perMillion = ({ usd }: { readonly usd: number }) => usd / 1_000_000;

/** US prices of one unit at the first tier. Later tiers are cheaper. */
const unitUsd: Usage = {
    apiRequests: perMillion(prices.apiRequests),
    functionRequests: perMillion(prices.lambdaRequests),
    gbSeconds: prices.lambdaGbSecond.usd,
    reads: perMillion(prices.tableReads),
    writes: perMillion(prices.tableWrites),
    logGb: prices.logIngestion.usd,
    traces: perMillion(prices.traces),
    transferGb: prices.transfer.usd,
    eventsGb: prices.ingestion.usd,
    edgeRequests: perMillion(prices.edgeRequests),
    edgeGb: prices.edgeTransfer.usd,
};

const usageKeys = Object.keys(noUsage) as readonly (keyof Usage)[];

/** Returns the price of this usage in US dollars, without the campaign. */
export const usageUsd = (usage: Usage): number => usageKeys.reduce((sum, key) => sum + usage[key] * unitUsd[key], 0);

function mapUsage(amountOf: (key: keyof Usage) => number): Usage {
    const use: Record<keyof Usage, number> = { ...noUsage };
    for (const key of usageKeys) use[key] = amountOf(key);
    return use;
}

/** Adds usage amounts. */
export const plus = (...all: readonly Partial<Usage>[]): Usage =>
    mapUsage((key) => all.reduce((sum, one) => sum + (one[key] ?? 0), 0));

/** Multiplies all usage amounts by a factor. */
export const times = (usage: Usage, factor: number): Usage => mapUsage((key) => usage[key] * factor);
