import { LRUCache } from "lru-cache";
import type { CountedAddress } from "./addresses.ts";
import type { Context } from "./context.ts";
import { tableFailure } from "./failures.ts";
import { countedNames, eventsPerAddress, eventsPerViewer } from "./limits.ts";
import type { Recent } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Trace } from "./request-line.ts";

const minuteMs = 60_000;
/**
 * Number of reports until the limit: a process reports a count after each tenth of the limit, so that it rarely writes
 * to DynamoDB.
 */
const reports = 10;
/** Seconds after which a count expires in DynamoDB. */
const keptSeconds = 600;

/** Returns the minute of a moment (epoch milliseconds). */
export const epochMinute = (at: number): number => Math.floor(at / minuteMs);

interface Count {
    /** Number of the period, counted from 1970. */
    readonly period: number;
    /** Number of events that all processes together have counted, as far as this process knows. */
    reported: number;
    /** Number of events that this process has counted but not reported to the table yet. */
    unreported: number;
}

/**
 * Counts events by name in a period, by default a minute, for all processes together. Memory has every count; DynamoDB
 * adds up the processes' reports.
 */
export function periodCounts({ table, tableResilience, clock }: Context, periodMs = minuteMs) {
    // Limit the size instead of the number, because with a number the cache reserves memory for all names at once.
    const counts = new LRUCache<string, Count>({ maxSize: countedNames, sizeCalculation: () => 1 });

    function ensureCount(name: string): Count {
        const period = Math.floor(clock() / periodMs);
        const current = counts.get(name);
        if (current?.period === period) return current;
        const count = { period, reported: 0, unreported: 0 };
        counts.set(name, count);
        return count;
    }

    async function report(name: string, count: Count): Promise<void> {
        const { unreported, period } = count;
        count.reported += unreported;
        count.unreported = 0;
        const expiresAt = Math.ceil((period * periodMs) / 1000) + keptSeconds;
        const total = await tableResilience.later((signal) => table.count(name, period, unreported, expiresAt, signal));
        count.reported = Math.max(count.reported, total);
    }

    return {
        /** Checks whether a name has room for `more` further events in the current period. */
        hasRoom(name: string, limit: number, more: number): boolean {
            const { reported, unreported } = ensureCount(name);
            return reported + unreported + more <= limit;
        },
        /**
         * Adds to a name's count. Returns the promise of a report to DynamoDB if one is due. The promise rejects if
         * DynamoDB fails.
         */
        add(name: string, limit: number, more: number): Promise<void> | undefined {
            const count = ensureCount(name);
            count.unreported += more;
            return count.unreported < limit / reports ? undefined : report(name, count);
        },
        /** Adds to a name's count without a report, because the caller stores the count in another DynamoDB item. */
        note(name: string, more: number): void {
            ensureCount(name).reported += more;
        },
        /** Raises a name's count to at least this number, which another process counted. */
        learn(name: string, total: number): void {
            const count = ensureCount(name);
            count.reported = Math.max(count.reported, total);
        },
        /** Returns the seconds until the next period. */
        secondsLeft: () => Math.max(1, Math.ceil((periodMs - (clock() % periodMs)) / 1000)),
    };
}

/** Returns the number of the viewer's events in this minute, from the DynamoDB item with the viewer's newest items. */
export const countEvents = ({ counted }: Recent, minute: number): number =>
    counted?.minute === minute ? counted.events : 0;

/**
 * Limits the events of each viewer and of each address. Each process counts in memory. Only an accepted event writes to
 * DynamoDB: the item with the viewer's newest items also contains the viewer's count. The count of an address is rarely
 * written.
 */
export function eventLimits(context: Context) {
    const { clock, log } = context;
    const counts = periodCounts(context);

    function check(name: string, limit: number, events: number, sender: string): void {
        if (counts.hasRoom(name, limit, events)) return;
        const seconds = counts.secondsLeft();
        const detail = `${sender} may send ${limit} events a minute. Try again in ${seconds} seconds.`;
        throw new ProblemError("too-many-events", detail, { headers: { "Retry-After": String(seconds) } });
    }

    return {
        /** Counts the events of a request for the IP address that sent it. Throws ProblemError above the limit. */
        takeAddresses(addresses: readonly CountedAddress[], events: number, trace: Trace): void {
            const named = addresses.map(({ name, factor }) => ({
                name: `address#${name}`,
                limit: factor * eventsPerAddress,
            }));
            for (const { name, limit } of named) check(name, limit, events, "An address");
            const failed = tableFailure(log, trace, "count the events of an address");
            for (const { name, limit } of named) {
                const report = counts.add(name, limit, events);
                if (report !== undefined) trace.background.push(report.catch(failed));
            }
        },
        /**
         * Throws ProblemError if these events exceed the viewer's limit. `recent` is the viewer's DynamoDB item, if
         * known.
         */
        checkViewer(userId: string, events: number, recent?: Recent): void {
            const name = viewerName(userId);
            if (recent !== undefined) counts.learn(name, countEvents(recent, epochMinute(clock())));
            check(name, eventsPerViewer, events, "A viewer");
        },
        /** Counts accepted events of the viewer. */
        takeViewer(userId: string, events: number): void {
            counts.note(viewerName(userId), events);
        },
    };
}

export type EventLimits = ReturnType<typeof eventLimits>;

const viewerName = (userId: string) => `viewer#${userId}`;
