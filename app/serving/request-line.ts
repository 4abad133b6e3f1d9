import { functionsNamespace, servingApiMetrics as names } from "../../core/config/metrics.ts";
import type { ItemListReason, Source } from "../api/names.ts";

/** What the log line of a request contains in addition to the request's trace. */
export interface RequestDone {
    readonly stack: string;
    /** Whether the log line declares CloudWatch metrics. */
    readonly customMetrics: boolean;
    /** Whether the stack serves lists of batch inference, and never calls a campaign. */
    readonly batch: boolean;
    readonly requestId: string;
    readonly extendedRequestId?: string | undefined;
    /** The operationId in the API description; empty for an unknown path. */
    readonly operation: string;
    /** The path's template, such as `/similar/{itemId}`; for an unknown path, the route `/{proxy+}`. */
    readonly template: string;
    readonly status: number;
    readonly milliseconds: number;
    /** Bytes of the answer's body. */
    readonly bytes: number;
    /** Whether this is the first request of its process. */
    readonly coldStart: boolean;
    /** Time of the request's end, in epoch milliseconds. */
    readonly at: number;
}

/**
 * Returns the log line of a request, from which CloudWatch also extracts metrics (embedded metric format, CloudWatch
 * User Guide). Missing calls and failures count as 0, to distinguish them from missing data. The line contains no
 * viewer and no item.
 */
export function requestLine(done: RequestDone, trace: Trace): Readonly<Record<string, unknown>> {
    const { stack, customMetrics, batch, at, milliseconds, bytes, ...rest } = done;
    const counts = {
        ...(!batch && {
            [names.campaignCalls]: trace.campaignCalls,
            [names.campaignFailures]: trace.campaignFailures,
        }),
        [names.tableFailures]: trace.tableFailures,
        [names.tablesFailures]: trace.tablesFailures,
        ...(trace.eventsTaken > 0 && { [names.events]: trace.eventsTaken }),
        ...(trace.source && { [names.answeredBy[trace.source]]: 1 }),
    };
    return {
        ...(customMetrics &&
            declareMetrics(stack, at, [
                ...Object.keys(counts).map((Name) => ({ Name, Unit: "Count" })),
                { Name: names.bytes, Unit: "Bytes" },
                { Name: names.latency, Unit: "Milliseconds" },
            ])),
        ...rest,
        ...(trace.source && { source: trace.source }),
        ...(trace.reason && { reason: trace.reason }),
        ...(trace.layer && { layer: trace.layer }),
        ...(trace.eventsUntracked > 0 && { eventsUntracked: trace.eventsUntracked }),
        ...counts,
        [names.bytes]: bytes,
        [names.latency]: Math.round(milliseconds * 100) / 100,
    };
}

/**
 * Returns log lines with the number of the campaign's answers to the prefetch function. `answers` has the number for
 * each window, by the window's start in epoch milliseconds. CloudWatch extracts a metric from the lines, as it does
 * from the lines of `requestLine`.
 */
export function prefetchLines(
    stack: string,
    answers: ReadonlyMap<number, number>,
): Readonly<Record<string, unknown>>[] {
    return [...answers].map(([window, count]) => ({
        ...declareMetrics(stack, window, [{ Name: names.prefetchCalls, Unit: "Count" }]),
        [names.prefetchCalls]: count,
    }));
}

/** Returns the declaration of a line's metrics, with the stack as their dimension. `at` is epoch milliseconds. */
const declareMetrics = (stack: string, at: number, Metrics: readonly { Name: string; Unit: string }[]) => ({
    _aws: {
        Timestamp: at,
        CloudWatchMetrics: [{ Namespace: functionsNamespace, Dimensions: [["Stack"]], Metrics }],
    },
    Stack: stack,
});

/** Trace of a request, for its log line and metrics. */
export interface Trace {
    /** Where the list came from: the process's memory, the DynamoDB table, the campaign, or the fallback tables. */
    layer?: "memory" | "table" | "campaign" | "tables";
    source?: Source;
    reason?: ItemListReason;
    /** Whether the answer must not tell the groups of an experiment apart. */
    isBlind?: boolean;
    campaignCalls: number;
    campaignFailures: number;
    tableFailures: number;
    /** Number of failed attempts to load fallback tables since the process's last request. */
    tablesFailures: number;
    eventsTaken: number;
    eventsUntracked: number;
    /** Work that continues after the response. */
    readonly background: Promise<unknown>[];
}

/** Returns the trace of a request at its start. */
export const newTrace = (): Trace => ({
    campaignCalls: 0,
    campaignFailures: 0,
    tableFailures: 0,
    tablesFailures: 0,
    eventsTaken: 0,
    eventsUntracked: 0,
    background: [],
});
