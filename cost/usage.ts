import { prices } from "../config/prices.ts";
import { keysOf, tableOf } from "../config/records.ts";

/** Estimates of quantities for which AWS publishes no metric. */
export const assumed = {
    /** Kilobytes of a list of 100 films. The 100 films of MovieLens with the longest titles have 13. */
    answerKb: 14,
    /** Kilobytes of an answer's headers. */
    headersKb: 1,
    /** Kilobytes of an event with the longest ids. */
    eventKb: 0.6,
} as const;

const perMillion = ({ usd }: { readonly usd: number }) => usd / 1_000_000;

/** The units in which AWS bills usage, with the US price of one unit at the first tier. Later tiers are cheaper. */
const unitUsd = {
    /** Number of requests to the REST API, and of requests to its function. */
    apiRequests: perMillion(prices.apiRequests),
    functionRequests: perMillion(prices.lambdaRequests),
    gbSeconds: prices.lambdaGbSecond.usd,
    /** Read and write request units of the table. */
    reads: perMillion(prices.tableReads),
    writes: perMillion(prices.tableWrites),
    logGb: prices.logIngestion.usd,
    traces: perMillion(prices.traces),
    /** Gigabytes from the API to the internet. */
    transferGb: prices.transfer.usd,
    /** Gigabytes of events that Personalize ingests. */
    eventsGb: prices.ingestion.usd,
    /** Requests to CloudFront, and its gigabytes to viewers. */
    edgeRequests: perMillion(prices.edgeRequests),
    edgeGb: prices.edgeTransfer.usd,
};
const usageKeys = keysOf(unitUsd);

/** Usage of all services in front of the campaign in any period, in units that AWS bills. */
export type Usage = Readonly<Record<keyof typeof unitUsd, number>>;

/** Returns the price of this usage in US dollars, without the campaign. */
export const usageUsd = (usage: Usage): number => usageKeys.reduce((sum, key) => sum + usage[key] * unitUsd[key], 0);

const mapUsage = (amountOf: (key: keyof Usage) => number): Usage => tableOf(usageKeys, amountOf);

/** Adds usage amounts. */
export const plus = (...all: readonly Partial<Usage>[]): Usage =>
    mapUsage((key) => all.reduce((sum, one) => sum + (one[key] ?? 0), 0));

/** Multiplies all usage amounts by a factor. */
export const times = (usage: Usage, factor: number): Usage => mapUsage((key) => usage[key] * factor);
