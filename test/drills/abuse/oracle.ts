/**
 * Prices in US dollars for this drill only, written by hand from the sources in each comment and not verified on AWS.
 * The drill uses neither config/prices.ts nor cost/, because it would then not find their mistakes.
 */
export const table = {
    /** Price of one request of a REST API. AWS whitepaper on private APIs: $3.50 a million. */
    request: 3.5e-6,
    /** Prices of one Lambda request, and of one GB-second on arm64. Third-party notes of May 2026. */
    invocation: 0.2e-6,
    gbSecond: 1.33334e-5,
    /** Prices of one read or write request unit of an on-demand DynamoDB table. Third-party guide of July 2025. */
    read: 0.125e-6,
    write: 0.625e-6,
    /**
     * Prices of one GB of logs, one X-Ray trace, one GB to the internet, and one GB of events. Often quoted, without a
     * source.
     */
    logGb: 0.5,
    trace: 5e-6,
    outGb: 0.09,
    eventGb: 0.05,
    /** Price of one TPS-hour of a campaign. Third-party cost playbook of July 2026. */
    tpsHour: 0.2,
    /** Prices of one CloudFront request, and of one GB from CloudFront. Third-party tutorial. */
    edgeRequest: 1e-6,
    edgeGb: 0.085,
} as const;

const gb = 1024 ** 3;

/** A kind of request that strangers send at a constant rate, with the resources that each request uses. */
export interface Load {
    readonly what: string;
    /** Answered requests a second. */
    readonly perSecond: number;
    /** Bytes of the uncompressed response. */
    readonly bytes: number;
    /** DynamoDB read and write request units per request. */
    readonly reads: number;
    readonly writes: number;
    /** Bytes of events that Personalize receives per request. */
    readonly eventBytes: number;
    /** Milliseconds that the function runs per request, with 0.5 GiB of memory. */
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
 * Returns the hourly cost in US dollars of this number of campaign calls per second, without the minimum of 1 TPS.
 * Includes the write of each list to the table.
 */
export const campaignHourUsd = (perSecond: number): number =>
    Math.max(0, perSecond - 1) * table.tpsHour + perSecond * 3600 * 3 * table.write;
