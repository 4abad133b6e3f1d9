/**
 * Prices written by hand from the project's sources for this drill only. It uses neither config/prices.ts nor cost/, so
 * that a mistake there is not repeated. US dollars; US prices, unverified.
 */
export const table = {
    /** A request of a REST API. AWS whitepaper on private APIs: $3.50 a million. */
    request: 3.5e-6,
    /** A request of Lambda, and a GB-second on arm64. Third-party notes of May 2026. */
    invocation: 0.2e-6,
    gbSecond: 1.33334e-5,
    /** Request units of DynamoDB on demand. Third-party guide of July 2025. */
    read: 0.125e-6,
    write: 0.625e-6,
    /** A GB of logs, a trace of X-Ray, a GB to the internet, a GB of events. Commonly quoted. */
    logGb: 0.5,
    trace: 5e-6,
    outGb: 0.09,
    eventGb: 0.05,
    /** A TPS-hour of a campaign. Third-party cost playbook of July 2026. */
    tpsHour: 0.2,
    /** A request of CloudFront, and a GB from it. Third-party lesson. */
    edgeRequest: 1e-6,
    edgeGb: 0.085,
} as const;

const gb = 1024 ** 3;

/** A kind of request at a rate, as the drill measured it on the local stack. */
export interface Load {
    readonly what: string;
    /** Answered requests a second. */
    readonly perSecond: number;
    /** Bytes of the answer without compression. */
    readonly bytes: number;
    /** Request units of the table for each request. */
    readonly reads: number;
    readonly writes: number;
    /** Bytes of events that Personalize takes from each request. */
    readonly eventBytes: number;
    /** Milliseconds in the function, with half a GiB. */
    readonly milliseconds: number;
}

/** US dollars of an hour of a load, without the campaign. */
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

/** US dollars of an hour with these calls of the campaign a second, above its minimum of 1 TPS. Each list is stored. */
export const campaignHourUsd = (perSecond: number): number =>
    Math.max(0, perSecond - 1) * table.tpsHour + perSecond * 3600 * 3 * table.write;
