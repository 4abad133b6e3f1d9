import { billedService, hoursPerMonth, isV2, prices, servingUsd } from "../config/prices.ts";
import { quotas } from "./quotas.ts";
import { edgeTiers, requestTiers, tieredUsd, transferTiers } from "./tiers.ts";

/** What people ask of the API, and how the layers before the campaign share it. */
export interface Traffic {
    /** Requests a second, on average over the month. */
    readonly requestsPerSecond: number;
    /** How many times that the busiest five minutes have. */
    readonly peak: number;
    /** Whether CloudFront is before the API. */
    readonly edge: boolean;
    /** Parts of one of all requests: those about films, which CloudFront may answer from what it has, and events. */
    readonly shared: number;
    readonly events: number;
    /** The part of the shared ones that CloudFront answers by itself. */
    readonly edgeHits: number;
    /** Parts of the lists of viewers that the function's memory and the table answer; the campaign has the rest. */
    readonly memoryHits: number;
    readonly tableHits: number;
    /** Milliseconds of the function for a request, on average. */
    readonly functionMs: number;
    /** Kilobytes of an answer, compressed. */
    readonly answerKb: number;
    /** Recipe name; undefined with AutoML. */
    readonly recipe: string | undefined;
    /** Transactions per second. */
    readonly minProvisionedTPS: number;
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
    /** The service that bills it, as AWS's bill names it. */
    readonly service: string;
    /** What reaches it each second, on average: requests, or writes and reads of the table. */
    readonly perSecond: number;
    /** US dollars a month of 730 hours. */
    readonly usd: number;
    /** What it takes at its default quota each second, or at once, of what reaches it in the busiest five minutes. */
    readonly load?: {
        readonly atPeak: number;
        readonly quota: number;
        readonly of: string;
        readonly source: string;
        readonly isRaised: boolean;
    };
}

/** MiB of the API's function. */
const functionMemory = 512;
/**
 * Units of the table: a write is one for each KB begun, a read that need not be consistent half of one for each 4 KB begun of each item. A
 * viewer's list of a hundred films is 2.1 KB, his newest films are less than one. An event reads those consistently, and
 * writes them. Left out is what processes note of their traffic: 25 writes a minute each.
 */
const units = { listWritten: 3, looked: 2 * 0.5, eventRead: 1, eventWritten: 1 } as const;
/** Requests that one process of a function takes in a second at most. */
const requestsOfProcess = 10;
/** Kilobytes of an event, as the service takes it in. */
const eventKb = 0.25;
/** Kilobytes of log for a request: the one line that also carries the metrics, and Lambda's own three. */
const logKb = 1;
/** X-Ray keeps one request a second, and 5 % of the rest (X-Ray Developer Guide, "Sampling rules"). */
const tracedShare = 0.05;

const secondsPerMonth = hoursPerMonth * 3600;

/**
 * How traffic is shared where nothing is known of it. Hits and events are what `npm run bench:api` measures over the handler: 40,000
 * requests of 4,000 Zipf viewers; its milliseconds, rounded up to allow for Lambda's own. That six requests of ten are about films, and
 * that CloudFront has nine of ten of these, is a guess: a page shows its viewer's list among three rows that are everybody's.
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

/** What each layer has to do for that traffic, what it bills, and how near its quota the busiest minutes come. */
export function servingLayers(traffic: Traffic): readonly Layer[] {
    const { requestsPerSecond: asked, peak, edge, shared, events } = traffic;
    const atApi = asked * (1 - (edge ? shared * traffic.edgeHits : 0));
    const lists = asked * (1 - shared - events);
    const atTable = lists * (1 - traffic.memoryHits);
    const atCampaign = Math.max(0, lists * (1 - traffic.memoryHits - traffic.tableHits));
    const eventsTaken = asked * events;
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
        // What goes to CloudFront is free.
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
                (monthly(atApi) * 1_000_000 * logKb * prices.logIngestion.usd) / 1024 ** 2 +
                monthly(Math.min(atApi, 1) + Math.max(0, atApi - 1) * tracedShare) * prices.traces.usd,
        },
    ];
    return edge
        ? [
              {
                  what: "CloudFront",
                  service: "Amazon CloudFront",
                  perSecond: asked,
                  usd: monthly(asked) * prices.edgeRequests.usd + tieredUsd(gbOf(asked), edgeTiers),
                  load: load(quotas.edgeRequests, asked),
              },
              ...layers,
          ]
        : layers;
}

/** The layer that first reaches its quota when all traffic grows alike, and how many times as much it then is. */
export function firstToBreak(layers: readonly Layer[]): { readonly layer: Layer; readonly times: number } | undefined {
    const loaded = layers.filter(({ load }) => load !== undefined && load.atPeak > 0);
    const [layer] = loaded.toSorted((a, b) => timesOf(a) - timesOf(b));
    return layer && { layer, times: timesOf(layer) };
}

const timesOf = ({ load }: Layer) => (load ? load.quota / load.atPeak : Number.POSITIVE_INFINITY);

/** What caches before the campaign save in US dollars a month: the campaign without them, less the campaign with them. */
export function savedByCaches(traffic: Traffic): number {
    const usd = (of: Traffic) => servingLayers(of).find(({ what }) => what === "campaign")?.usd ?? 0;
    return usd({ ...traffic, memoryHits: 0, tableHits: 0 }) - usd(traffic);
}

/**
 * The largest minimum that costs nothing, in TPS: what the campaign is asked outside of its busiest hours. From there it scales to the
 * busiest; a higher minimum bills while nobody asks, a lower one saves nothing.
 */
export function freeMinimum(traffic: Traffic): number {
    const atCampaign = servingLayers(traffic).find(({ what }) => what === "campaign")?.perSecond ?? 0;
    return Math.max(1, Math.floor(atCampaign * calmOf(traffic.peak)));
}

/** The part of the month that is busiest, and how many times the average is asked in the rest of it. */
const busyOf = (peak: number) => Math.min(0.1, 1 / peak);
const calmOf = (peak: number) => (1 - busyOf(peak) * peak) / (1 - busyOf(peak));

/** A campaign bills each five minutes by what they ask, and by its minimum at least. */
function campaignUsd({ recipe, minProvisionedTPS, peak }: Traffic, perSecond: number): number {
    const tps = (asked: number) => Math.max(1, minProvisionedTPS, asked);
    const busy = busyOf(peak);
    const tpsHours = hoursPerMonth * (busy * tps(perSecond * peak) + (1 - busy) * tps(perSecond * calmOf(peak)));
    return servingUsd(isV2(recipe) ? { tpsHours: 0, tpsHoursV2: tpsHours } : { tpsHours, tpsHoursV2: 0 });
}
