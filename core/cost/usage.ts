import { prices, regionalUsd } from "../config/prices.ts";
import { keysOf, tableOf } from "../config/records.ts";
import type { PlannedStack } from "./planned-stack.ts";

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

const secondsPerDay = 86_400;
const kbPerGb = 1024 ** 2;

/**
 * Shares of usual traffic. The shares of cache hits and events were measured by `npm run bench:api`, which sends 40,000
 * requests of 4,000 viewers with Zipf-distributed activity to the handler. Two shares are estimates: six of ten requests
 * are about films, and CloudFront answers nine of ten of them, because the page shows one viewer's list among three
 * shared rows.
 */
const usual = { films: 0.6, events: 0.02, edgeHits: 0.9, memoryHits: 0.33, tableHits: 0.51 } as const;
const lists = 1 - usual.films - usual.events;
/** Compressed kilobytes of an answer; milliseconds in the function, rounded up for Lambda's overhead. */
const answer = { kb: 3, ms: 10 } as const;
/**
 * Read and write units of the table. A write takes one unit per started KB. An eventually consistent read takes half a
 * unit per started 4 KB of each item. A viewer's list of a hundred films has 2.1 KB, and the newest films have less
 * than 1 KB. An event reads the newest films consistently, and writes them. The processes also write their traffic
 * counts, 25 times a minute each; these writes are not included.
 */
const units = { listWritten: 3, looked: 2 * 0.5, eventRead: 1, eventWritten: 1 } as const;

/** Returns the share of requests that reach the campaign. With batch inference, the table answers them. */
const campaignShare = ({ batchLists }: PlannedStack) =>
    batchLists ? 0 : lists * (1 - usual.memoryHits - usual.tableHits);

/** Returns the expected calls of the campaign a second: with an API, only the requests that no cache answers. */
export const campaignCallsPerSecond = (plan: PlannedStack): number =>
    (plan.expectedRequestsPerDay / secondsPerDay) * (plan.api ? campaignShare(plan) : 1);

/**
 * Returns the usage of the API by the expected requests, and that of CloudFront in front of it, in a time of `seconds`.
 * X-Ray may trace each request, because Lambda and API Gateway follow the caller's header X-Amzn-Trace-Id (X-Ray
 * Developer Guide, "Tracing header"). AWS does not bill transfer to CloudFront.
 */
function expectedUsage(plan: PlannedStack, seconds: number): { readonly api: Usage; readonly edge: Usage } {
    const all = (plan.expectedRequestsPerDay / secondsPerDay) * seconds;
    const atApi = all * (1 - (plan.edge ? usual.films * usual.edgeHits : 0));
    const events = all * usual.events;
    const gb = (requests: number) => (requests * answer.kb) / kbPerGb;
    return {
        api: plus({
            apiRequests: atApi,
            functionRequests: atApi,
            gbSeconds: (atApi * 0.5 * answer.ms) / 1000,
            reads: all * lists * (1 - usual.memoryHits) * units.looked + events * units.eventRead,
            writes: all * campaignShare(plan) * units.listWritten + events * units.eventWritten,
            logGb: atApi / kbPerGb,
            traces: (plan.traces ?? true) ? atApi : 0,
            transferGb: plan.edge ? 0 : gb(atApi),
            eventsGb: (events * 0.25) / kbPerGb,
        }),
        edge: plus(plan.edge ? { edgeRequests: all, edgeGb: gb(all) } : {}),
    };
}

/** Returns the cost of the expected requests to the API, and to CloudFront, in US dollars in a time of `seconds`. */
export function servingUsd(plan: PlannedStack, seconds: number): { readonly api: number; readonly edge: number } {
    const { api, edge } = expectedUsage(plan, seconds);
    const logs = regionalUsd(plan.region, prices.logIngestion) - prices.logIngestion.usd;
    return { api: usageUsd(api) + api.logGb * logs, edge: usageUsd(edge) };
}
