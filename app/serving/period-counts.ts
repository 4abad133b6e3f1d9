import { LRUCache } from "lru-cache";
import type { Context } from "./context.ts";
import { countedNames } from "./limits.ts";

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
