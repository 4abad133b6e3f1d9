import { LRUCache } from "lru-cache";
import type { Context } from "./context.ts";
import { countedNames } from "./limits.ts";

const minuteMs = 60_000;
/**
 * Number of reports until the limit: a process reports a count after each tenth of the limit, so that it rarely writes
 * to DynamoDB.
 */
const reports = 10;
/** Minutes after which a count expires in DynamoDB. */
const keptMinutes = 10;

/** Returns the minute of a moment (epoch milliseconds). */
export const epochMinute = (at: number): number => Math.floor(at / minuteMs);

interface Count {
    readonly minute: number;
    /** Number of events that all processes together have counted, as far as this process knows. */
    reported: number;
    /** Number of events that this process has counted but not reported to the table yet. */
    unreported: number;
}

/**
 * Counts events by name in a minute, for all processes together. Memory has every count; DynamoDB adds up the
 * processes' reports.
 */
export function minuteCounts({ table, tableResilience, clock }: Context) {
    // Limit the size instead of the number, because with a number the cache reserves memory for all names at once.
    const counts = new LRUCache<string, Count>({ maxSize: countedNames, sizeCalculation: () => 1 });

    function ensureCount(name: string): Count {
        const minute = epochMinute(clock());
        const current = counts.get(name);
        if (current?.minute === minute) return current;
        const count = { minute, reported: 0, unreported: 0 };
        counts.set(name, count);
        return count;
    }

    async function report(name: string, count: Count): Promise<void> {
        const { unreported, minute } = count;
        count.reported += unreported;
        count.unreported = 0;
        const expiresAt = (minute + keptMinutes) * (minuteMs / 1000);
        const total = await tableResilience.later((signal) => table.count(name, minute, unreported, expiresAt, signal));
        count.reported = Math.max(count.reported, total);
    }

    return {
        /** Checks whether a name has room for `more` further events in the current minute. */
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
        /** Returns the seconds until the next minute. */
        secondsLeft: () => Math.max(1, Math.ceil((minuteMs - (clock() % minuteMs)) / 1000)),
    };
}
