import { billedService, hoursPerMonth, isV2, prices, regionalUsd, servingUsd } from "../config/prices.ts";
import { quotas } from "./quotas.ts";
import { edgeTiers, requestTiers, tieredUsd, transferTiers } from "./tiers.ts";

/**
 * The traffic of the API: the requests, and which share of them each service or cache answers before they reach the
 * campaign.
 */
export interface Traffic {
    /** Requests a second, on average over the month. */
    readonly requestsPerSecond: number;
    /** Ratio of the busiest five minutes to the average. */
    readonly peak: number;
    /** Whether CloudFront is in front of the API. */
    readonly edge: boolean;
    /** Shares of all requests, from 0 to 1: film requests, which CloudFront may cache, and events. */
    readonly shared: number;
    readonly events: number;
    /** Share of the film requests that CloudFront answers. */
    readonly edgeHits: number;
    /**
     * Shares of the requests for viewers' lists that the function answers from its memory and from the DynamoDB table.
     * The campaign answers the rest.
     */
    readonly memoryHits: number;
    readonly tableHits: number;
    /** Average duration of a request in the function, in milliseconds. */
    readonly functionMs: number;
    /** Compressed size of an answer in kilobytes. */
    readonly answerKb: number;
    /** Recipe name; undefined with AutoML. */
    readonly recipe: string | undefined;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
    /** AWS region of the API. */
    readonly region: string;
    /** Whether X-Ray traces the API; absent: true. */
    readonly traces?: boolean;
}

export interface Layer {
    readonly what:
        | "CloudFront"
        | "API Gateway"
        | "data transfer"
        | "Lambda"
        | "DynamoDB"
        | "campaign"
        | "event tracker"
        | "logs and traces";
    /** Service name on AWS's bill. */
    readonly service: string;
    /** Average load per second: requests, or writes and reads of the table. */
    readonly perSecond: number;
    /** Cost of the service in US dollars a month of 730 hours. */
    readonly usd: number;
    /** The service's load in the busiest five minutes, and the AWS quota that limits it. */
    readonly load?: {
        readonly atPeak: number;
        readonly quota: number;
        readonly of: string;
        readonly source: string;
        readonly isRaised: boolean;
    };
}

/** Memory of the API's function, in MiB. */
const functionMemory = 512;
/**
 * Read and write units of the table. A write takes one unit per started KB. An eventually consistent read takes half a
 * unit per started 4 KB of each item. A viewer's list of a hundred films has 2.1 KB, and the newest films have less
 * than 1 KB. An event reads the newest films consistently, and writes them. The processes also write their traffic
 * counts, 25 times a minute each; these writes are not included.
 */
const units = { listWritten: 3, looked: 2 * 0.5, eventRead: 1, eventWritten: 1 } as const;
/** Maximum number of requests per second of one process. */
const requestsOfProcess = 10;
/** Kilobytes of an event in Personalize. */
const eventKb = 0.25;
/** Kilobytes of log per request: one line that also contains the metrics, and Lambda's three lines. */
const logKb = 1;
/** X-Ray samples one request a second and 5 % of the others (X-Ray Developer Guide, "Sampling rules"). */
const tracedShare = 0.05;

const secondsPerMonth = hoursPerMonth * 3600;

/**
 * Default shares of traffic. The shares of cache hits and events were measured by `npm run bench:api`, which sends
 * 40,000 requests of 4,000 viewers with Zipf-distributed activity to the handler. The milliseconds are rounded up for
 * Lambda's overhead. Two shares are estimates: six of ten requests are about films, and CloudFront answers nine of ten
 * of them, because the page shows one viewer's list among three shared rows.
 */
export const usualTraffic = {
    peak: 3,
    shared: 0.6,
    events: 0.02,
    edgeHits: 0.9,
    memoryHits: 0.33,
    tableHits: 0.51,
    functionMs: 10,
    answerKb: 3,
} as const satisfies Partial<Traffic>;

/**
 * Returns load, cost and quota use of the API's services (layers) for the given traffic: CloudFront, API Gateway,
 * Lambda, DynamoDB and the campaign.
 */
export function servingLayers(traffic: Traffic): readonly Layer[] {
    const { requestsPerSecond: requestRate, peak, edge, shared, events } = traffic;
    const atApi = requestRate * (1 - (edge ? shared * traffic.edgeHits : 0));
    const lists = requestRate * (1 - shared - events);
    const atTable = lists * (1 - traffic.memoryHits);
    const atCampaign = Math.max(0, lists * (1 - traffic.memoryHits - traffic.tableHits));
    const eventsTaken = requestRate * events;
    const read = atTable * units.looked + eventsTaken * units.eventRead;
    const written = atCampaign * units.listWritten + eventsTaken * units.eventWritten;
    const gbOf = (perSecond: number) => (perSecond * secondsPerMonth * traffic.answerKb) / 1024 ** 2;
    const monthly = (perSecond: number) => (perSecond * secondsPerMonth) / 1_000_000;
    const seconds = traffic.functionMs / 1000;
    const load = (quota: (typeof quotas)[keyof typeof quotas], average: number) => ({
        ...quota,
        atPeak: average * peak,
    });

    const layers: Layer[] = [
        {
            what: "API Gateway",
            service: "Amazon API Gateway",
            perSecond: atApi,
            usd: tieredUsd(monthly(atApi), requestTiers),
            load: load(quotas.apiRequests, atApi),
        },
        // AWS does not bill the transfer to CloudFront.
        ...(edge
            ? []
            : [
                  {
                      what: "data transfer",
                      service: "AWS Data Transfer",
                      perSecond: atApi,
                      usd: tieredUsd(gbOf(atApi), transferTiers),
                  } as const,
              ]),
        {
            what: "Lambda",
            service: "AWS Lambda",
            perSecond: atApi,
            usd:
                monthly(atApi) *
                (prices.lambdaRequests.usd + (functionMemory / 1024) * seconds * prices.lambdaGbSecond.usd * 1_000_000),
            load: load(quotas.concurrency, atApi * Math.max(seconds, 1 / requestsOfProcess)),
        },
        {
            what: "DynamoDB",
            service: "Amazon DynamoDB",
            perSecond: atTable + atCampaign + 2 * eventsTaken,
            usd: monthly(read) * prices.tableReads.usd + monthly(written) * prices.tableWrites.usd,
            load: load(quotas.tableWrites, written),
        },
        {
            what: "campaign",
            service: billedService,
            perSecond: atCampaign,
            usd: campaignUsd(traffic, atCampaign),
            load: load(quotas.campaignRequests, atCampaign),
        },
        {
            what: "event tracker",
            service: billedService,
            perSecond: eventsTaken,
            usd: (monthly(eventsTaken) * 1_000_000 * eventKb * prices.ingestion.usd) / 1024 ** 2,
            load: load(quotas.events, eventsTaken),
        },
        {
            what: "logs and traces",
            service: "AmazonCloudWatch",
            perSecond: atApi,
            usd:
                (monthly(atApi) * 1_000_000 * logKb * regionalUsd(traffic.region, prices.logIngestion)) / 1024 ** 2 +
                ((traffic.traces ?? true) ? tracesUsd(monthly, atApi) : 0),
        },
    ];
    return edge
        ? [
              {
                  what: "CloudFront",
                  service: "Amazon CloudFront",
                  perSecond: requestRate,
                  usd: monthly(requestRate) * prices.edgeRequests.usd + tieredUsd(gbOf(requestRate), edgeTiers),
                  load: load(quotas.edgeRequests, requestRate),
              },
              ...layers,
          ]
        : layers;
}

/** Returns the price of a month's traces: X-Ray samples one request a second, and 5 % (`tracedShare`) of all others. */
const tracesUsd = (monthly: (perSecond: number) => number, atApi: number): number =>
    monthly(Math.min(atApi, 1) + Math.max(0, atApi - 1) * tracedShare) * prices.traces.usd;

/**
 * Returns the first service that reaches its quota when all traffic grows equally, and the growth factor at that point.
 */
export function firstToBreak(layers: readonly Layer[]): { readonly layer: Layer; readonly times: number } | undefined {
    const loaded = layers.filter(({ load }) => load !== undefined && load.atPeak > 0);
    const [layer] = loaded.toSorted((a, b) => computeHeadroom(a) - computeHeadroom(b));
    return layer && { layer, times: computeHeadroom(layer) };
}

const computeHeadroom = ({ load }: Layer) => (load ? load.quota / load.atPeak : Number.POSITIVE_INFINITY);

/** Returns what the caches save in US dollars a month: cost of the campaign without caches minus cost with caches. */
export function savedByCaches(traffic: Traffic): number {
    const usd = (of: Traffic) => servingLayers(of).find(({ what }) => what === "campaign")?.usd ?? 0;
    return usd({ ...traffic, memoryHits: 0, tableHits: 0 }) - usd(traffic);
}

/**
 * Returns the highest value of `minProvisionedTPS` that costs nothing extra: the campaign's load outside its busiest
 * hours. Above this minimum, Personalize scales the campaign to its peak. A higher minimum is billed even without
 * requests; a lower one saves nothing.
 */
export function freeMinimum(traffic: Traffic): number {
    const atCampaign = servingLayers(traffic).find(({ what }) => what === "campaign")?.perSecond ?? 0;
    return Math.max(1, Math.floor(atCampaign * computeCalmFactor(traffic.peak)));
}

/**
 * The share of the month with the highest load (`peak` times the average), and the load in the rest of the month as a
 * factor of the average.
 */
const computeBusyShare = (peak: number) => Math.min(0.1, 1 / peak);
const computeCalmFactor = (peak: number) => (1 - computeBusyShare(peak) * peak) / (1 - computeBusyShare(peak));

/**
 * Returns the price of a campaign in US dollars a month. AWS bills each five minutes by the requests, and at least by
 * the minimum TPS.
 */
function campaignUsd({ recipe, minProvisionedTPS, peak }: Traffic, perSecond: number): number {
    const tps = (requestRate: number) => Math.max(1, minProvisionedTPS, requestRate);
    const busy = computeBusyShare(peak);
    const tpsHours =
        hoursPerMonth * (busy * tps(perSecond * peak) + (1 - busy) * tps(perSecond * computeCalmFactor(peak)));
    return servingUsd(isV2(recipe) ? { tpsHours: 0, tpsHoursV2: tpsHours } : { tpsHours, tpsHoursV2: 0 });
}
