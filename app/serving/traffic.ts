import type { Context } from "./context.ts";
import { tableFailure } from "./failures.ts";
import { countedViewers, notedViewers } from "./limits.ts";
import type { Trace } from "./request-line.ts";

/**
 * Returns the hour of a moment (epoch milliseconds). The code that stores counts of requests and the code that reads
 * them both use this function.
 */
export const epochHour = (at: number): number => Math.floor(at / 3_600_000);

/**
 * Counts requests for lists by viewer. Adds the busiest viewers to DynamoDB every minute, for the prefetch function.
 * Limits the counts and the writes of a process, because the prefetch function chooses only the busiest viewers.
 */
export function trafficCounter({ table, tableResilience, clock, log, limits }: Context) {
    let counts = new Map<string, number>();
    let since = clock();

    async function add(busiest: readonly (readonly [string, number])[], now: number): Promise<void> {
        const expiresAt = Math.ceil((now + limits.asked) / 1000);
        for (const [userId, requests] of busiest) {
            await tableResilience.later((signal) =>
                table.addAsked(epochHour(now), userId, requests, expiresAt, signal),
            );
        }
    }

    return {
        count(userId: string, trace: Trace): void {
            const counted = counts.get(userId);
            if (counted !== undefined || counts.size < countedViewers) counts.set(userId, (counted ?? 0) + 1);
            const now = clock();
            if (now - since < limits.trafficNoted) return;
            const busiest = [...counts].sort((one, other) => other[1] - one[1]).slice(0, notedViewers);
            counts = new Map();
            since = now;
            trace.background.push(add(busiest, now).catch(tableFailure(log, trace, "store the busiest viewers")));
        },
    };
}

export type TrafficCounter = ReturnType<typeof trafficCounter>;
