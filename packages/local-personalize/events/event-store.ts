import { join } from "node:path";
import type { RawAttributes } from "filter-grammar";
import { openDatabase, transactionOn } from "../database.ts";

/** An event of PutEvents. */
export interface NewEvent {
    eventId: string | null;
    userId: string | null;
    sessionId: string;
    /** ID of the event's item; null for an event without an item. */
    itemId: string | null;
    eventType: string;
    /** Epoch seconds. */
    sentAt: number;
    /** Epoch milliseconds. */
    receivedAt: number;
    /** The other members of the event, unchanged: value, properties, impression … */
    rest: string;
}

export interface StoredEvent extends Omit<NewEvent, "eventId" | "rest"> {
    /** ID of the event; IDs increase in the order of arrival. */
    id: number;
    /** Value of the event; null for an event without a value. */
    eventValue: number | null;
    /** JSON object of the event's properties; null for an event without properties. */
    properties: string | null;
    /** JSON list of the items that the user saw; null for an event without an impression. */
    impression: string | null;
    recommendationId: string | null;
    eventAttributionSource: string | null;
}

export type EventStore = ReturnType<typeof openEventStore>;

const tables = `
CREATE TABLE IF NOT EXISTS events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    dataset INTEGER NOT NULL, eventId TEXT, userId TEXT, sessionId TEXT NOT NULL, itemId TEXT,
    eventType TEXT NOT NULL, sentAt REAL NOT NULL, receivedAt REAL NOT NULL, rest TEXT NOT NULL,
    UNIQUE (dataset, eventId)
) STRICT;
CREATE INDEX IF NOT EXISTS events_of_dataset ON events (dataset, id);
CREATE TABLE IF NOT EXISTS attributes (
    dataset INTEGER NOT NULL, id TEXT NOT NULL, properties TEXT NOT NULL,
    PRIMARY KEY (dataset, id)
) STRICT, WITHOUT ROWID;`;

/**
 * Opens (or creates) the database of PutEvents, PutItems and PutUsers. Each row contains the id of its dataset. A
 * completed write survives kill -9.
 */
export function openEventStore(dataDir: string) {
    const database = openDatabase(join(dataDir, "events.sqlite"), tables);
    const rest = [
        ...["eventValue", "properties", "impression", "recommendationId"].map((name) => `'$.${name}') AS ${name}`),
        "'$.metricAttribution.eventAttributionSource') AS eventAttributionSource",
    ].map((path) => `json_extract(rest, ${path}`);
    // If two events have one eventId, the first one counts.
    const insert = database.prepare(
        `INSERT INTO events (dataset, eventId, userId, sessionId, itemId, eventType, sentAt, receivedAt, rest) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT DO NOTHING RETURNING id, ${rest}`,
    );
    const ofDataset = database.prepare(
        `SELECT id, userId, sessionId, itemId, eventType, sentAt, receivedAt, ${rest} FROM events WHERE dataset = ? ORDER BY id`,
    );
    const put = database.prepare("INSERT OR REPLACE INTO attributes VALUES (?, ?, ?)");
    const deletion = (rows: string) => {
        const statement = database.prepare(`DELETE FROM ${rows} IN (SELECT value FROM json_each(?))`);
        return (dataset: number, ids: Iterable<string>) =>
            Number(statement.run(dataset, JSON.stringify([...ids])).changes);
    };
    const dropEvents = deletion("events WHERE dataset = ? AND coalesce(userId, sessionId)");
    const dropAttributes = deletion("attributes WHERE dataset = ? AND id");
    const attributes = database.prepare("SELECT id, properties FROM attributes WHERE dataset = ?");

    const transaction = transactionOn(database);

    return {
        /** Stores all events or none, and returns those whose eventId is new. */
        add: (dataset: number, events: NewEvent[]): StoredEvent[] =>
            transaction(() =>
                events.flatMap(({ eventId, rest: others, ...event }) => {
                    const { userId, sessionId, itemId, eventType, sentAt, receivedAt } = event;
                    const values = [userId, sessionId, itemId, eventType, sentAt, receivedAt, others];
                    const row = insert.get(dataset, eventId, ...values);
                    return row ? [{ ...event, ...row } as StoredEvent] : [];
                }),
            ),
        /** Returns all events of a dataset in their order of arrival. */
        events: (dataset: number) => ofDataset.all(dataset) as unknown as StoredEvent[],
        /** Stores all items or users or none; each replaces the earlier one with the same id. */
        putAttributes: (dataset: number, rows: [id: string, RawAttributes][]): void =>
            transaction(() => {
                for (const [id, properties] of rows) put.run(dataset, id, JSON.stringify(properties));
            }),
        /** Removes the streamed items or users with the given IDs. Call this when a later import contains them. */
        dropAttributes,
        /** Deletes the events and attributes of users or anonymous sessions, and returns the number of deleted rows. */
        deleteUsers: (dataset: number, users: ReadonlySet<string>): number =>
            transaction(() => dropEvents(dataset, users) + dropAttributes(dataset, users)),
        attributes: (dataset: number): [id: string, RawAttributes][] =>
            attributes.all(dataset).map(({ id, properties }) => [String(id), JSON.parse(String(properties))]),
        /** Removes data whose dataset no longer exists. */
        keepOnly(datasets: number[]): void {
            const datasetIds = JSON.stringify(datasets);
            for (const table of ["events", "attributes"]) {
                database
                    .prepare(`DELETE FROM ${table} WHERE dataset NOT IN (SELECT value FROM json_each(?))`)
                    .run(datasetIds);
            }
        },
        close: () => database.close(),
    };
}
