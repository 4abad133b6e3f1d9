import type { FilmListReason, Source } from "../api/names.ts";

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
