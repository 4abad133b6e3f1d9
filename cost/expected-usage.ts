import { prices, regionalUsd } from "../config/prices.ts";
import type { PlannedStack } from "./planned-stack.ts";
import { plus, type Usage, usageUsd } from "./usage.ts";

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
