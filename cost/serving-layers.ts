import { hoursPerMonth, isV2, prices, regionalUsd, servingUsd } from "../config/prices.ts";

/**
 * The traffic of the API: the requests, and which share of them each service or cache answers before they reach the
 * campaign.
 */
export interface Traffic {
    /** Requests a second, on average over the month. */
    readonly requestsPerSecond: number;
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
    /** Average load per second: requests, or writes and reads of the table. */
    readonly perSecond: number;
    /** Cost of the service in US dollars a month of 730 hours. */
    readonly usd: number;
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
    shared: 0.6,
    events: 0.02,
    edgeHits: 0.9,
    memoryHits: 0.33,
    tableHits: 0.51,
    functionMs: 10,
    answerKb: 3,
} as const satisfies Partial<Traffic>;

/**
 * Returns load and cost of the API's services (layers) for the given traffic: CloudFront, API Gateway,
 * Lambda, DynamoDB and the campaign.
 */
export function servingLayers(traffic: Traffic): readonly Layer[] {
    const { requestsPerSecond: requestRate, edge, shared, events } = traffic;
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

    const layers: Layer[] = [
        {
            what: "API Gateway",
            perSecond: atApi,
            usd: tieredUsd(monthly(atApi), requestTiers),
        },
        // AWS does not bill the transfer to CloudFront.
        ...(edge
            ? []
            : [
                  {
                      what: "data transfer",
                      perSecond: atApi,
                      usd: tieredUsd(gbOf(atApi), transferTiers),
                  } as const,
              ]),
        {
            what: "Lambda",
            perSecond: atApi,
            usd:
                monthly(atApi) *
                (prices.lambdaRequests.usd + (functionMemory / 1024) * seconds * prices.lambdaGbSecond.usd * 1_000_000),
        },
        {
            what: "DynamoDB",
            perSecond: atTable + atCampaign + 2 * eventsTaken,
            usd: monthly(read) * prices.tableReads.usd + monthly(written) * prices.tableWrites.usd,
        },
        {
            what: "campaign",
            perSecond: atCampaign,
            usd: campaignUsd(traffic, atCampaign),
        },
        {
            what: "event tracker",
            perSecond: eventsTaken,
            usd: (monthly(eventsTaken) * 1_000_000 * eventKb * prices.ingestion.usd) / 1024 ** 2,
        },
        {
            what: "logs and traces",
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
                  perSecond: requestRate,
                  usd: monthly(requestRate) * prices.edgeRequests.usd + tieredUsd(gbOf(requestRate), edgeTiers),
              },
              ...layers,
          ]
        : layers;
}

/** Returns the price of a month's traces: X-Ray samples one request a second, and 5 % (`tracedShare`) of all others. */
const tracesUsd = (monthly: (perSecond: number) => number, atApi: number): number =>
    monthly(Math.min(atApi, 1) + Math.max(0, atApi - 1) * tracedShare) * prices.traces.usd;

/**
 * Returns the price of a campaign in US dollars a month. AWS bills each five minutes by the requests, and at least by
 * the minimum TPS.
 */
function campaignUsd({ recipe, minProvisionedTPS }: Traffic, perSecond: number): number {
    const tpsHours = hoursPerMonth * Math.max(1, minProvisionedTPS, perSecond);
    return servingUsd(isV2(recipe) ? { tpsHours: 0, tpsHoursV2: tpsHours } : { tpsHours, tpsHoursV2: 0 });
}

/** Price tiers: the start of each tier in units, with its price per unit. */
type Tiers = readonly (readonly [from: number, usd: number])[];

/** Price tiers of a REST API, in millions of requests. */
export const requestTiers: Tiers = [
    [0, prices.apiRequests.usd],
    [333, prices.apiRequestsFrom333M.usd],
    [1000, prices.apiRequestsFrom1B.usd],
];
/** Price tiers of the transfer to the internet, in GB: from CloudFront, and from a region. */
const edgeTiers: Tiers = [
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
