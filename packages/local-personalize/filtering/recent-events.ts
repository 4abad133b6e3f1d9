import type { UserEvent } from "../events/streams.ts";
import type { Rows } from "../importing/rows.ts";

/** An event as filters of interactions use it; `eventType` is in lower case. */
export interface SeenEvent {
    itemId: string;
    eventType: string;
    /** Epoch seconds. */
    sentAt: number;
    /**
     * Epoch milliseconds. For an imported event, the time of the last import that contained the user; for a streamed
     * event, the time of PutEvents.
     */
    receivedAt: number;
}

/** Number of latest events of a user and event type that a filter considers (developer guide). */
const MOST_OF_A_TYPE = 100;

/** Three months in milliseconds; 90 days is a guess, because the developer guide states no number of days. */
const FORGOTTEN_AFTER = 90 * 86_400_000;

/** Indexes imported events by user, once for a dataset. Returns a function from a user ID to the user's events. */
export function indexByUser(rows: Rows) {
    const userNumbers = new Map(rows.userIds.map((userId, user) => [userId, user]));
    const eventTypes = rows.eventTypes.map((eventType) => eventType.toLowerCase());
    // The rows of user u are order[starts[u]] to order[starts[u + 1]], oldest first.
    const starts = new Int32Array(rows.userIds.length + 1);
    for (const user of rows.users) starts[user + 1] = (starts[user + 1] ?? 0) + 1;
    for (let user = 0; user < rows.userIds.length; user++) starts[user + 1] = at(starts, user + 1) + at(starts, user);
    const next = starts.slice();
    const order = new Int32Array(rows.users.length);
    rows.users.forEach((user, row) => {
        order[at(next, user)] = row;
        next[user] = at(next, user) + 1;
    });
    return (userId: string): SeenEvent[] => {
        const user = userNumbers.get(userId);
        if (user === undefined) return [];
        return Array.from(order.subarray(at(starts, user), at(starts, user + 1)), (row) => ({
            itemId: rows.itemIds[at(rows.items, row)] ?? "",
            eventType: eventTypes[at(rows.events, row)] ?? "",
            sentAt: rows.timestamps[row] ?? 0,
            receivedAt: rows.importedAt?.[user] ?? 0,
        }));
    };
}

const at = (numbers: Int32Array, index: number) => numbers[index] ?? 0;

/**
 * Returns the latest 100 imported and streamed events of a user for each event type, newest first. After three months
 * without an import or an event, the user's earlier events no longer count until they are imported again.
 *
 * @param now epoch milliseconds
 * @see https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
 */
export function latestEvents(imported: readonly SeenEvent[], streamed: readonly UserEvent[], now: number): SeenEvent[] {
    const received = [
        ...imported,
        ...streamed.map((event) => ({ ...event, eventType: event.eventType.toLowerCase() })),
    ];
    const since = rememberedSince(received, now);
    const all = received.filter(({ receivedAt }) => receivedAt >= since);
    if (streamed.length > 0) all.sort((a, b) => a.sentAt - b.sentAt);
    const counts = new Map<string, number>();
    return all.reverse().filter(({ eventType }) => {
        const count = (counts.get(eventType) ?? 0) + 1;
        counts.set(eventType, count);
        return count <= MOST_OF_A_TYPE;
    });
}

/**
 * Finds the latest period of more than three months without an event. Returns the time of the first event after this
 * period, or `now` if there is no event after it.
 */
function rememberedSince(events: readonly SeenEvent[], now: number): number {
    let since = now;
    for (const receivedAt of events.map((event) => event.receivedAt).sort((a, b) => b - a)) {
        if (since - receivedAt > FORGOTTEN_AFTER) break;
        since = receivedAt;
    }
    return since;
}
