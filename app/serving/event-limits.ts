import type { CountedAddress } from "./addresses.ts";
import type { Context } from "./context.ts";
import { errorName } from "./failures.ts";
import { eventsPerAddress, eventsPerViewer } from "./limits.ts";
import { epochMinute, periodCounts } from "./period-counts.ts";
import type { Recent } from "./ports.ts";
import { ProblemError } from "./problem.ts";
import type { Trace } from "./request-line.ts";

/** Returns the number of the viewer's events in this minute, from the DynamoDB item with the viewer's newest films. */
export const countEvents = ({ counted }: Recent, minute: number): number =>
    counted?.minute === minute ? counted.events : 0;

/**
 * Limits the events of each viewer and of each address. Each process counts in memory. Only an accepted event writes to
 * DynamoDB: the item with the viewer's newest films also contains the viewer's count. The count of an address is rarely
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
            for (const { name, limit } of named) {
                const work = counts.add(name, limit, events)?.catch((error: unknown) => {
                    trace.tableFailures += 1;
                    log({ failed: "count the events of an address", error: errorName(error) });
                });
                if (work !== undefined) trace.background.push(work);
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
