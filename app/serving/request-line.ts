import { servingApiMetrics as names, ownNamespace } from "../../config/metrics.ts";
import type { FilmListReason, Source } from "../api/names.ts";

/** What a request was, beside what happened on its way. */
export interface RequestDone {
    readonly stack: string;
    readonly requestId: string;
    /** Of the description; empty where there is none. */
    readonly operation: string;
    readonly status: number;
    readonly milliseconds: number;
    /** The first of its process. */
    readonly coldStart: boolean;
    /** When it was done: epoch milliseconds. */
    readonly at: number;
}

/**
 * A request's one line of the log, which is also its metrics, for CloudWatch makes them of the line (embedded metric format,
 * CloudWatch User Guide). No call and no failure is a 0, so that it is told from nothing known. Nothing in it tells who asked, or for
 * which film.
 */
export function requestLine(done: RequestDone, trace: Trace): Readonly<Record<string, unknown>> {
    const { stack, at, milliseconds, ...rest } = done;
    const counts = {
        [names.campaignCalls]: trace.campaignCalls,
        [names.campaignFailures]: trace.campaignFailures,
        [names.tableFailures]: trace.tableFailures,
        ...(trace.source && { [names.answeredBy[trace.source]]: 1 }),
    };
    return {
        _aws: {
            Timestamp: at,
            CloudWatchMetrics: [
                {
                    Namespace: ownNamespace,
                    Dimensions: [["Stack"]],
                    Metrics: [
                        ...Object.keys(counts).map((Name) => ({ Name, Unit: "Count" })),
                        { Name: names.latency, Unit: "Milliseconds" },
                    ],
                },
            ],
        },
        Stack: stack,
        ...rest,
        ...(trace.source && { source: trace.source }),
        ...(trace.reason && { reason: trace.reason }),
        ...(trace.layer && { layer: trace.layer }),
        ...(trace.eventsTaken > 0 && { eventsTaken: trace.eventsTaken }),
        ...(trace.eventsUntracked > 0 && { eventsUntracked: trace.eventsUntracked }),
        ...counts,
        [names.latency]: Math.round(milliseconds * 100) / 100,
    };
}

/** What happened on a request's way, for its line in the log and its metrics. */
export interface Trace {
    /** Where the list was found: a cache's layer, the campaign, or the tables. */
    layer?: "memory" | "table" | "campaign" | "tables";
    source?: Source;
    reason?: FilmListReason;
    campaignCalls: number;
    campaignFailures: number;
    tableFailures: number;
    eventsTaken: number;
    eventsUntracked: number;
    /** Work that goes on when the answer is made. */
    readonly background: Promise<unknown>[];
}

export const newTrace = (): Trace => ({
    ...{ campaignCalls: 0, campaignFailures: 0, tableFailures: 0, eventsTaken: 0, eventsUntracked: 0 },
    background: [],
});
