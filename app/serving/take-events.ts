import { nearest } from "terminal-text";
import { isRefusal, isWatch } from "../../core/config/watched.ts";
import type { EventsAnswer, EventsRequest } from "../api/names.ts";
import type { Caller, Context } from "./context.ts";
import { type Experimenter, withoutOwnList } from "./experiment.ts";
import { errorName, tableFailure } from "./failures.ts";
import { unpackIds } from "./item-scores.ts";
import { idBytes, oldestEvent, recentLength } from "./limits.ts";
import { countEvents, type EventLimits, epochMinute } from "./period-counts.ts";
import type { PutEvents, Recent, RecentItem, ViewerEvent } from "./ports.ts";
import { type Fault, faultyRequest } from "./problem.ts";
import type { Trace } from "./request-line.ts";
import { type Resilience, withTimeout } from "./resilience.ts";

/** Maximum number of seconds by which a viewer's clock may be ahead. */
const aheadSeconds = 60;

/**
 * Returns the faults of events that the schema in the API description accepts. If the process has no fallback tables
 * yet, every item ID is accepted. `noun` names an item; `now` is in epoch milliseconds.
 */
function eventFaults(
    { userId, events }: EventsRequest,
    { tables, noun, eventTypes }: Pick<EventParts, "tables" | "noun" | "eventTypes">,
    now: number,
): readonly Fault[] {
    const faults: Fault[] = [];
    const { item, itemCount } = tables();
    if (Buffer.byteLength(userId) > idBytes) {
        faults.push({ in: "body /userId", message: `must NOT have more than ${idBytes} bytes` });
    }
    for (const [at, { itemId, eventType, sentAt }] of events.entries()) {
        const place = `body /events/${at}`;
        if (eventTypes?.includes(eventType) === false) {
            const meant = nearest(eventType, eventTypes);
            const hint = meant === undefined ? `it can be ${eventTypes.join(", ")}` : `did you mean ${meant}?`;
            faults.push({
                in: `${place}/eventType`,
                message: `must be a type of the data or of config eventTypes: ${hint}`,
            });
        }
        if (itemCount > 0 && item(itemId) === undefined) {
            faults.push({
                in: `${place}/itemId`,
                message: `must be in the catalog or the interactions: no ${noun} has this id`,
            });
        }
        if (sentAt === undefined) continue;
        if (sentAt > now / 1000 + aheadSeconds) {
            faults.push({ in: `${place}/sentAt`, message: "must not be in the future (epoch seconds)" });
        } else if (sentAt < now / 1000 - oldestEvent) {
            faults.push({ in: `${place}/sentAt`, message: "must not be older than a day (epoch seconds)" });
        }
    }
    return faults;
}

export interface EventParts extends Context {
    /** Sends events to the event tracker; undefined if the stack has none. */
    readonly putEvents: PutEvents | undefined;
    /** Whether the API sends events to Personalize that came without the viewer's token or the API key. */
    readonly trackUnproven: boolean;
    /** Types of events that remove the item from the viewer's lists. If undefined, only viewings remove it. */
    readonly watchedTypes: readonly string[] | undefined;
    /** Types of events that the API accepts; undefined: any type. */
    readonly eventTypes: readonly string[] | undefined;
    readonly eventLimits: EventLimits;
    readonly experiment: Experimenter | undefined;
}

/**
 * Prefix of the session ID of each event that came without the viewer's token or the API key. Personalize receives the
 * prefix, too.
 */
const unprovenSession = "unproven:";

/** Maximum number of attempts when several processes store events of one viewer at the same time. */
const tries = 3;

/**
 * Sends events to the tracker, and stores the newest items with a new revision. Then drops the viewer's lists from
 * memory. The order matters: the API assumes that a list includes an event if the list was requested with the event's
 * revision. If the revision were stored first, another process could request a list before the tracker has the event.
 * The request succeeds even if one of these steps fails.
 */
export function eventTaker(parts: EventParts) {
    const { putEvents, trackUnproven, watchedTypes, eventLimits, table, tableResilience } = parts;
    const { memory, clock, log, limits } = parts;

    async function track(
        { userId, sessionId: session }: EventsRequest,
        events: readonly ViewerEvent[],
        { trusted }: Caller,
        trace: Trace,
    ): Promise<boolean> {
        const sessionId = trusted ? session : `${unprovenSession}${session}`;
        try {
            if (putEvents === undefined || !(trusted || trackUnproven)) return false;
            await withTimeout(limits.events, (signal) => putEvents({ userId, sessionId, events }, signal));
            trace.eventsTaken += events.length;
            return true;
        } catch (error) {
            log({ failed: "send events to the event tracker", error: errorName(error) });
            return false;
        } finally {
            if (trace.eventsTaken === 0) trace.eventsUntracked += events.length;
        }
    }

    const readRecent = (userId: string, ask: Resilience["ask"]) => ask((signal) => table.recent(userId, signal));

    /**
     * Stores items in the viewer's DynamoDB item. `read` is the DynamoDB item, if the caller of this function read it just now.
     */
    async function note(
        userId: string,
        items: readonly RecentItem[],
        caller: Caller,
        ask: Resilience["ask"],
        read?: Recent,
    ): Promise<Recent> {
        let before = read;
        for (let left = tries; left > 0; left--) {
            before ??= await readRecent(userId, ask);
            const { revision } = before;
            const after = withItems(before, items, clock(), caller);
            const expiresAt = Math.ceil((clock() + limits.recent) / 1000);
            if (await ask((signal) => table.putRecent(userId, after, revision, expiresAt, signal))) return after;
            before = undefined;
        }
        throw new Error(
            "the event was not stored, because other processes stored events of the same viewer at the same time",
        );
    }

    return async function takeEvents(request: EventsRequest, trace: Trace, caller: Caller): Promise<EventsAnswer> {
        const { userId } = request;
        const faults = eventFaults(request, parts, clock());
        if (faults.length > 0) throw faultyRequest(faults);
        const events = request.events.map((event) => ({
            ...event,
            sentAt: event.sentAt ?? Math.floor(clock() / 1000),
        }));
        eventLimits.checkViewer(userId, events.length);
        eventLimits.takeAddresses(caller.addresses, events.length, trace);
        const unread = tableFailure(log, trace, "read a viewer's newest items");
        const before = await readRecent(userId, tableResilience.ask).catch(unread);
        eventLimits.checkViewer(userId, events.length, before);
        eventLimits.takeViewer(userId, events.length);
        const items = events.map(({ itemId, sentAt, eventType }) =>
            recentItem(itemId, sentAt * 1000, isWatch(eventType, watchedTypes), isRefusal(eventType)),
        );
        const watches = events.filter(({ eventType }) => isWatch(eventType, watchedTypes));
        parts.experiment?.observe(userId, watches, trace);
        const tracked = await track(request, events.map(withoutOwnList), caller, trace);
        let recent: Recent;
        try {
            recent = await note(userId, items, caller, tableResilience.ask, before);
        } catch (error) {
            tableFailure(log, trace, "store a viewer's newest items")(error);
            // Until DynamoDB has stored the event, only this process knows the event.
            const { revision, recent: ids, watched } = memory.find(userId);
            const [wanted, leftOut] = [new Set(unpackIds(ids)), new Set(unpackIds(watched))];
            const rememberedItems = [...new Set([...wanted, ...leftOut])].map((itemId) => {
                const refused = !wanted.has(itemId);
                return recentItem(itemId, 0, !refused && leftOut.has(itemId), refused);
            });
            recent = withItems({ revision, items: rememberedItems }, items, clock(), caller);
            trace.background.push(
                note(userId, items, caller, tableResilience.later).catch((error: unknown) =>
                    log({ failed: "store a viewer's newest items later", error: errorName(error) }),
                ),
            );
        }
        memory.turn(userId, recent);
        return { revision: recent.revision, tracked };
    };
}

/**
 * Adds items to a viewer's newest items. The revision is the time, or one more than the previous revision if clocks
 * differ. The first event with a token replaces items from events without a token, because anybody may have sent those.
 */
function withItems(
    before: Recent,
    items: readonly RecentItem[],
    now: number,
    { viewer, trusted }: Pick<Caller, "viewer" | "trusted">,
): Recent {
    const kept = viewer === undefined || before.proven ? before.items : [];
    const newest = new Map<string, RecentItem>();
    const minute = epochMinute(now);
    for (const { itemId, at, watched = true, refused = false } of [...items.toReversed(), ...kept]) {
        const previous = newest.get(itemId);
        const isWatched = watched || (previous !== undefined && previous.watched !== false);
        const isRefused = refused || previous?.refused === true;
        newest.set(itemId, recentItem(itemId, Math.max(Math.min(at, now), previous?.at ?? 0), isWatched, isRefused));
    }
    return {
        revision: Math.max(now, before.revision + 1),
        items: [...newest.values()].sort((one, other) => other.at - one.at).slice(0, recentLength),
        ...(trusted && (before.proven || kept.length === 0) && { proven: true as const }),
        counted: { minute, events: countEvents(before, minute) + items.length },
    };
}

const recentItem = (itemId: string, at: number, watched: boolean, refused = false): RecentItem => ({
    itemId,
    at,
    ...(!watched && { watched }),
    ...(refused && { refused }),
});
