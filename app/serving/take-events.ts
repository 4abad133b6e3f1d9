import { isWatch } from "../../config/watched.ts";
import type { EventsAnswer, EventsRequest } from "../api/names.ts";
import { errorName } from "./campaign-lists.ts";
import { unpackIds } from "./film-scores.ts";
import { type Limits, recentLength } from "./limits.ts";
import type { Log, PutEvents, Recent, RecentFilm, TablePort, ViewerEvent } from "./ports.ts";
import type { Trace } from "./request-line.ts";
import { type Resilience, within } from "./resilience.ts";
import type { ViewerMemory } from "./viewers.ts";

export interface EventParts {
    /** undefined if the stack has no event tracker. */
    readonly putEvents: PutEvents | undefined;
    readonly table: Pick<TablePort, "recent" | "putRecent">;
    readonly tableResilience: Resilience;
    readonly memory: ViewerMemory;
    readonly clock: () => number;
    readonly log: Log;
    readonly limits: Limits;
}

/** Attempts when several processes store events of one viewer at the same time. */
const tries = 3;

/**
 * Processes events: sends them to the tracker, stores the newest films with a new revision, then drops the viewer's
 * lists from memory. The order matters. A list counts as including an event if it was requested with the event's
 * revision. If the revision existed before the tracker has the event, a list without the event would count as including
 * it. No failure fails the request.
 */
export function eventTaker(parts: EventParts) {
    const { putEvents, table, tableResilience, memory, clock, log, limits } = parts;

    async function track(request: EventsRequest, events: readonly ViewerEvent[], trace: Trace): Promise<boolean> {
        const { userId, sessionId } = request;
        try {
            if (putEvents === undefined) return false;
            await within(limits.events, (signal) => putEvents({ userId, sessionId, events }, signal));
            trace.eventsTaken += events.length;
            return true;
        } catch (error) {
            log({ failed: "send events to the event tracker", error: errorName(error) });
            return false;
        } finally {
            if (trace.eventsTaken === 0) trace.eventsUntracked += events.length;
        }
    }

    async function note(userId: string, films: readonly RecentFilm[]): Promise<Recent> {
        for (let left = tries; left > 0; left--) {
            const before = await tableResilience.ask((signal) => table.recent(userId, signal));
            const after = withFilms(before, films, clock());
            const expiresAt = Math.ceil((clock() + limits.recent) / 1000);
            if (
                await tableResilience.ask((signal) =>
                    table.putRecent(userId, after, before.revision, expiresAt, signal),
                )
            ) {
                return after;
            }
        }
        throw new Error("other processes stored events of the same viewer at the same time");
    }

    return async function takeEvents(request: EventsRequest, trace: Trace): Promise<EventsAnswer> {
        const { userId } = request;
        const events = request.events.map((event) => ({
            ...event,
            sentAt: event.sentAt ?? Math.floor(clock() / 1000),
        }));
        const films = events.map(({ itemId, sentAt, eventType }) =>
            recentFilm(itemId, sentAt * 1000, isWatch(eventType)),
        );
        const tracked = await track(request, events, trace);
        let recent: Recent;
        try {
            recent = await note(userId, films);
        } catch (error) {
            trace.tableFailures += 1;
            log({ failed: "store a viewer's newest films", error: errorName(error) });
            // Without the table only this process knows the event; other processes learn it from the revision in the
            // client's requests.
            const { revision, recent: ids, watched } = memory.find(userId);
            const watchedIds = new Set(unpackIds(watched));
            const known = unpackIds(ids).map((itemId) => recentFilm(itemId, 0, watchedIds.has(itemId)));
            recent = withFilms({ revision, films: known }, films, clock());
        }
        memory.turn(userId, recent);
        return { revision: recent.revision, tracked };
    };
}

/**
 * Adds films to a viewer's newest films. The revision is the time, or higher than the previous one if clocks differ.
 */
export function withFilms(before: Recent, films: readonly RecentFilm[], now: number): Recent {
    const newest = new Map<string, RecentFilm>();
    for (const { itemId, at, watched = true } of [...films.toReversed(), ...before.films]) {
        const known = newest.get(itemId);
        const isWatched = watched || (known !== undefined && known.watched !== false);
        newest.set(itemId, recentFilm(itemId, Math.max(Math.min(at, now), known?.at ?? 0), isWatched));
    }
    return {
        revision: Math.max(now, before.revision + 1),
        films: [...newest.values()].sort((one, other) => other.at - one.at).slice(0, recentLength),
    };
}

const recentFilm = (itemId: string, at: number, watched: boolean): RecentFilm =>
    watched ? { itemId, at } : { itemId, at, watched };
