import type { EventStore, NewEvent, StoredEvent } from "./event-store.ts";

/** An event about an item, and the user for whom the event counts. */
export interface UserEvent
    extends Pick<StoredEvent, "id" | "eventType" | "sentAt" | "receivedAt" | "eventValue" | "properties"> {
    user: string;
    itemId: string;
}

export type Streams = ReturnType<typeof createStreams>;

interface Stream {
    events: StoredEvent[];
    byUser: Map<string, UserEvent[]>;
    /**
     * For each item, the number of events about another item whose impression contained the item: the user saw it, but
     * chose another one.
     */
    ignored: Map<string, number>;
}

/**
 * Caches the streamed events of `store` in memory, by dataset, so that a recommendation does not read the disk. An
 * event without a userId belongs to its sessionId, which can be used as a userId.
 */
export function createStreams(store: EventStore) {
    const streams = new Map<number, Stream>();

    const loadStream = (dataset: number): Stream => {
        const open = streams.get(dataset);
        if (open) return open;
        const stream: Stream = { events: [], byUser: new Map(), ignored: new Map() };
        for (const event of store.events(dataset)) take(stream, event);
        streams.set(dataset, stream);
        return stream;
    };

    return {
        /**
         * Stores events and returns those whose eventId is new. Stored events survive kill -9 and affect the next
         * recommendation.
         */
        add(dataset: number, events: NewEvent[]): StoredEvent[] {
            const stream = loadStream(dataset);
            const added = store.add(dataset, events);
            for (const event of added) take(stream, event);
            return added;
        },
        /** Deletes the events and attributes of users, and returns the number of deleted rows. */
        forget(dataset: number, users: ReadonlySet<string>): number {
            streams.delete(dataset);
            return store.deleteUsers(dataset, users);
        },
        /**
         * Returns a user's events about items, without the events whose ID is at most `after`, in the order of their
         * time.
         */
        ofUser(dataset: number, user: string, after = 0): readonly UserEvent[] {
            const events = loadStream(dataset).byUser.get(user) ?? [];
            return after === 0 ? events : events.filter(({ id }) => id > after);
        },
        /** Returns, for each item, the number of events about another item whose impression contained the item. */
        ignored: (dataset: number): ReadonlyMap<string, number> => loadStream(dataset).ignored,
        /** Returns all events of a dataset about items, in the order of their arrival. */
        aboutItems: (dataset: number): UserEvent[] =>
            loadStream(dataset).events.flatMap((event) => asUserEvent(event, event.userId ?? event.sessionId) ?? []),
        /** Returns the ID of the last event of a dataset; 0 if it has none. */
        lastEvent: (dataset: number): number => loadStream(dataset).events.at(-1)?.id ?? 0,
        /**
         * Returns the streamed events for a training, and the id of the dataset's last event. If an event has both a
         * userId and a sessionId, the anonymous events of this session belong to this user.
         */
        forTraining(dataset: number): { events: UserEvent[]; lastEvent: number } {
            const { events } = loadStream(dataset);
            return { events: joinSessions(events), lastEvent: events.at(-1)?.id ?? 0 };
        },
    };
}

/**
 * Assigns the anonymous events of each session to the user of the session's other events. Without such a user, the
 * sessionId is the user.
 */
function joinSessions(events: readonly StoredEvent[]): UserEvent[] {
    const userOf = new Map<string, string>();
    for (const { sessionId, userId } of events) {
        if (userId !== null) userOf.set(sessionId, userId);
    }
    return events.flatMap((event) => asUserEvent(event, event.userId ?? userOf.get(event.sessionId)) ?? []);
}

function take(stream: Stream, event: StoredEvent): void {
    stream.events.push(event);
    for (const itemId of event.impression === null ? [] : (JSON.parse(event.impression) as string[])) {
        if (itemId !== event.itemId) stream.ignored.set(itemId, (stream.ignored.get(itemId) ?? 0) + 1);
    }
    const counted = asUserEvent(event, event.userId ?? event.sessionId);
    if (!counted) return;
    const events = stream.byUser.get(counted.user);
    if (!events) stream.byUser.set(counted.user, [counted]);
    else {
        // Events arrive almost in order, so insert a late one at its time.
        let place = events.length;
        while (place > 0 && (events[place - 1]?.sentAt ?? 0) > counted.sentAt) place--;
        events.splice(place, 0, counted);
    }
}

function asUserEvent(event: StoredEvent, user = event.sessionId): UserEvent | undefined {
    const { id, itemId, eventType, sentAt, receivedAt, eventValue, properties } = event;
    return itemId === null ? undefined : { id, user, itemId, eventType, sentAt, receivedAt, eventValue, properties };
}
