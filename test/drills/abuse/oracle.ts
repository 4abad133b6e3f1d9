/**
 * Prices for this drill only, written by hand from the project's sources. The drill uses neither config/prices.ts nor
 * cost/, so that it does not repeat their mistakes. US dollars; US prices, unverified.
 */
export const table = {
    /** One request of a REST API. AWS whitepaper on private APIs: $3.50 a million. */
    request: 3.5e-6,
    /** One Lambda request, and one GB-second on arm64. Third-party notes of May 2026. */
    invocation: 0.2e-6,
    gbSecond: 1.33334e-5,
    /** One request unit of an on-demand DynamoDB table. Third-party guide of July 2025. */
    read: 0.125e-6,
    write: 0.625e-6,
    /** One GB of logs, one X-Ray trace, one GB to the internet, one GB of events. Commonly quoted. */
    logGb: 0.5,
    trace: 5e-6,
    outGb: 0.09,
    eventGb: 0.05,
    /** One TPS-hour of a campaign. Third-party cost playbook of July 2026. */
    tpsHour: 0.2,
    /** One CloudFront request, and one GB from CloudFront. Third-party lesson. */
    edgeRequest: 1e-6,
    edgeGb: 0.085,
} as const;

const gb = 1024 ** 3;

/** One kind of request at a rate, as measured on the local stack. */
export interface Load {
    readonly what: string;
    /** Answered requests a second. */
    readonly perSecond: number;
    /** Bytes of the uncompressed response. */
    readonly bytes: number;
    /** Request units of the table per request. */
    readonly reads: number;
    readonly writes: number;
    /** Bytes of events that Personalize receives per request. */
    readonly eventBytes: number;
    /** Milliseconds in the function, with 0.5 GiB of memory. */
    readonly milliseconds: number;
}

/** Returns the hourly cost of a load in US dollars, without the campaign. */
export function hourUsd({ perSecond, bytes, reads, writes, eventBytes, milliseconds }: Load): number {
    const each =
        table.request +
        table.invocation +
        (milliseconds / 1000) * 0.5 * table.gbSecond +
        reads * table.read +
        writes * table.write +
        (1024 / gb) * table.logGb +
        (bytes / gb) * table.outGb +
        (eventBytes / gb) * table.eventGb;
    const traced = Math.min(1, perSecond) + 0.05 * Math.max(0, perSecond - 1);
    return 3600 * (perSecond * each + traced * table.trace);
}

/**
 * Returns the hourly cost of campaign calls per second above the minimum of 1 TPS, in US dollars. Each list is stored.
 */
export const campaignHourUsd = (perSecond: number): number =>
    Math.max(0, perSecond - 1) * table.tpsHour + perSecond * 3600 * 3 * table.write;
