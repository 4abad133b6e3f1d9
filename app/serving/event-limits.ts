import { LRUCache } from "lru-cache";
import type { CountedAddress } from "./addresses.ts";
import { errorName } from "./failures.ts";
import { countedNames, eventsPerViewer } from "./limits.ts";
import type { Log, Recent, TablePort } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Trace } from "./request-line.ts";
import type { Resilience } from "./resilience.ts";

export interface EventLimitParts {
    readonly table: Pick<TablePort, "count">;
    readonly tableResilience: Pick<Resilience, "later">;
    readonly clock: () => number;
    readonly log: Log;
}

const minuteMs = 60_000;
/** A process reports an address after each tenth of its limit: at most one write for each thirty events. */
const reports = 10;
/** Minutes after which a count expires. */
const keptMinutes = 10;

/** The minute of a moment (epoch milliseconds). */
export const epochMinute = (at: number): number => Math.floor(at / minuteMs);

/** Events of the viewer in this minute, by the item of the newest films. */
export const eventsIn = ({ counted }: Recent, minute: number): number =>
    counted?.minute === minute ? counted.events : 0;

interface Count {
    readonly minute: number;
    /** Known events of all processes. */
    known: number;
    /** Events of this process that no other one knows. */
    unreported: number;
}

/**
 * Limits of events for each viewer and each address. Memory counts every event. The viewer's count is a part of the item
 * that an event writes anyway; an address is written rarely. Therefore no refused event writes into the table.
 */
export function eventLimits({ table, tableResilience, clock, log }: EventLimitParts) {
    const counts = new LRUCache<string, Count>({ max: countedNames });

    function countOf(name: string): Count {
        const minute = epochMinute(clock());
        const known = counts.get(name);
        if (known?.minute === minute) return known;
        const count = { minute, known: 0, unreported: 0 };
        counts.set(name, count);
        return count;
    }

    function check(name: string, limit: number, events: number, sender: string): void {
        const { known, unreported } = countOf(name);
        if (known + unreported + events <= limit) return;
        const seconds = Math.max(1, Math.ceil((minuteMs - (clock() % minuteMs)) / 1000));
        const detail = `${sender} may send ${limit} events a minute. Try again in ${seconds} seconds.`;
        throw new ProblemError("too-many-events", detail, { headers: { "Retry-After": String(seconds) } });
    }

    async function report(name: string, count: Count): Promise<void> {
        const { unreported, minute } = count;
        count.known += unreported;
        count.unreported = 0;
        const expiresAt = (minute + keptMinutes) * (minuteMs / 1000);
        const total = await tableResilience.later((signal) =>
            table.count(`address#${name}`, minute, unreported, expiresAt, signal),
        );
        count.known = Math.max(count.known, total);
    }

    return {
        /** Counts events for their addresses. Throws ProblemError above a limit. */
        takeAddresses(addresses: readonly CountedAddress[], events: number, trace: Trace): void {
            for (const { name, limit } of addresses) check(name, limit, events, "An address");
            for (const { name, limit } of addresses) {
                const count = countOf(name);
                count.unreported += events;
                if (count.unreported < limit / reports) continue;
                const work = report(name, count).catch((error: unknown) => {
                    trace.tableFailures += 1;
                    log({ failed: "count the events of an address", error: errorName(error) });
                });
                trace.background.push(work);
            }
        },
        /** Throws ProblemError if the viewer has no room for these events; `recent` is the viewer's item, if known. */
        checkViewer(userId: string, events: number, recent?: Recent): void {
            const count = countOf(viewerName(userId));
            if (recent !== undefined) count.known = Math.max(count.known, eventsIn(recent, count.minute));
            check(viewerName(userId), eventsPerViewer, events, "A viewer");
        },
        /** Counts accepted events. */
        takeViewer(userId: string, events: number): void {
            countOf(viewerName(userId)).known += events;
        },
    };
}

export type EventLimits = ReturnType<typeof eventLimits>;

/** No hash of an address has a space. */
const viewerName = (userId: string) => `viewer ${userId}`;
