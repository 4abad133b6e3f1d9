import type { EventStore, NewEvent, StoredEvent } from "./event-store.ts";

/** An event about an item, with the one whom it is counted for. */
export interface UserEvent {
    id: number;
    user: string;
    itemId: string;
    eventType: string;
    /** Epoch seconds. */
    sentAt: number;
}

export type Streams = ReturnType<typeof createStreams>;

interface Stream {
    events: StoredEvent[];
    byUser: Map<string, UserEvent[]>;
}

/**
 * The streamed events in memory, by dataset, beside the store that keeps them: a recommendation reads no disk.
 * An event without a userId is counted for its sessionId, which is asked for as if it were a user.
 */
export function createStreams(store: EventStore) {
    const streams = new Map<number, Stream>();

    const streamOf = (dataset: number): Stream => {
        const known = streams.get(dataset);
        if (known) return known;
        const stream: Stream = { events: [], byUser: new Map() };
        for (const event of store.events(dataset)) take(stream, event);
        streams.set(dataset, stream);
        return stream;
    };

    return {
        /** Keeps events; when it returns they survive kill -9 and count for the next recommendation. */
        add(dataset: number, events: NewEvent[]): void {
            const stream = streamOf(dataset);
            for (const event of store.add(dataset, events)) take(stream, event);
        },
        /** A user's events about items that came after the event `after`, in the order of their time. */
        ofUser(dataset: number, user: string, after = 0): readonly UserEvent[] {
            const events = streamOf(dataset).byUser.get(user) ?? none;
            return after === 0 ? events : events.filter(({ id }) => id > after);
        },
        /** The id of the last event that came into a dataset; 0 when none has. */
        lastEvent: (dataset: number): number => streamOf(dataset).events.at(-1)?.id ?? 0,
        /**
         * What a training counts beside the imported rows, and the id of the last event of it. Events of a session
         * that has been joined to a user, by an event with both ids, count for that user.
         */
        forTraining(dataset: number): { events: UserEvent[]; lastEvent: number } {
            const { events } = streamOf(dataset);
            return { events: joinSessions(events), lastEvent: events.at(-1)?.id ?? 0 };
        },
    };
}

const none: readonly UserEvent[] = [];

/** Events for training: the sessions' anonymous ones under the user whom the session was joined to, if any. */
export function joinSessions(events: readonly StoredEvent[]): UserEvent[] {
    const userOf = new Map<string, string>();
    for (const { sessionId, userId } of events) {
        if (userId !== null) userOf.set(sessionId, userId);
    }
    return events.flatMap((event) => asUserEvent(event, event.userId ?? userOf.get(event.sessionId)) ?? []);
}

function take(stream: Stream, event: StoredEvent): void {
    stream.events.push(event);
    const counted = asUserEvent(event, event.userId ?? event.sessionId);
    if (!counted) return;
    const events = stream.byUser.get(counted.user);
    if (!events) stream.byUser.set(counted.user, [counted]);
    else {
        // Events come almost in order; one that was held back goes to where its time is.
        let place = events.length;
        while (place > 0 && (events[place - 1]?.sentAt ?? 0) > counted.sentAt) place--;
        events.splice(place, 0, counted);
    }
}

function asUserEvent(event: StoredEvent, user = event.sessionId): UserEvent | undefined {
    const { id, itemId, eventType, sentAt } = event;
    return itemId === null ? undefined : { id, user, itemId, eventType, sentAt };
}
