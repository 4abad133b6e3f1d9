import { type Attributes, type RawAttributes, readAttributes } from "filter-grammar";
import { readSchemaFields } from "../control/datasets.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { type Opened, rowsFile } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import type { UserEvent } from "../events/streams.ts";
import { loadAttributeRows } from "../importing/collectors.ts";
import { loadRows, type Rows } from "../importing/rows.ts";
import { groupPlaces } from "../model/histories.ts";
import { risingItems, type TrendEvent } from "../model/trends.ts";

/** The attributes of a dataset's items or users. `version` increases with every change. */
export interface AttributeTable {
    rows: Map<string, Attributes>;
    version: number;
    /** ARN of the schema to which the rows belong. A dataset's later schema may have more columns. */
    schemaArn: string;
}

/**
 * A cached value that is valid until `until` (epoch seconds), which is the time of the next event that has a future
 * timestamp.
 */
interface Due<Value> {
    readonly value: Value;
    readonly until: number;
}

/**
 * aws-trending-now compares two intervals. This is their total length in seconds if `trend_discovery_frequency` has its
 * largest value, 1 day.
 */
const longestTrend = 2 * 86_400;

const none: AttributeTable = { rows: new Map(), version: 0, schemaArn: "" };

/**
 * Caches the contents of datasets in memory, for filters and trends. Reads them at the first use, and again after an
 * import.
 */
export function createDatasetContents({ options: { dataDir }, store, events, streams }: Opened) {
    const tables = new Map<number, AttributeTable>();
    const importedOf = new Map<number, (userId: string) => SeenEvent[]>();
    const recentOf = new Map<number, Due<TrendEvent[]>>();
    const trends = new Map<number, Due<string[]> & { interval: number; lastEvent: number }>();

    const loadTable = (dataset: Resource<DatasetProperties>): AttributeTable => {
        const fields = readSchemaFields(store, dataset);
        const rows = loadAttributeRows(rowsFile(dataDir, dataset.id));
        for (const [id, row] of events.attributes(dataset.id)) rows.set(id, row);
        return {
            rows: new Map([...rows].map(([id, row]) => [id, readAttributes(row, fields)])),
            version: 0,
            schemaArn: dataset.properties.schemaArn,
        };
    };

    const loadIndex = (dataset: number) => indexByUser(loadRows(rowsFile(dataDir, dataset)));

    /** Returns the imported events of the last two days of the data, because no trend has longer intervals. */
    const recentImported = (dataset: number, now: number): Due<TrendEvent[]> => {
        const rows = loadRows(rowsFile(dataDir, dataset));
        const last = rows.timestamps.findLastIndex((timestamp) => timestamp <= now);
        const since = (rows.timestamps[last] ?? 0) - longestTrend;
        const recent: TrendEvent[] = [];
        for (let row = last; row >= 0 && (rows.timestamps[row] ?? 0) >= since; row--) {
            recent.push({ itemId: rows.itemIds[rows.items[row] ?? 0] ?? "", timestamp: rows.timestamps[row] ?? 0 });
        }
        return { value: recent, until: rows.timestamps[last + 1] ?? Number.POSITIVE_INFINITY };
    };

    const computeRising = (dataset: number, interval: number, now: number): Due<string[]> => {
        const cached = recentOf.get(dataset);
        const imported = cached && now < cached.until ? cached : recentImported(dataset, now);
        recentOf.set(dataset, imported);
        const streamed = streams.aboutItems(dataset).map(({ itemId, sentAt }) => ({ itemId, timestamp: sentAt }));
        const events = [...imported.value, ...streamed];
        const due = events.filter(({ timestamp }) => timestamp <= now);
        const end = due.reduce((latest, { timestamp }) => Math.max(latest, timestamp), 0);
        const later = events.filter(({ timestamp }) => timestamp > now);
        const until = later.reduce((next, { timestamp }) => Math.min(next, timestamp), imported.until);
        return { value: risingItems(due, end, interval), until };
    };

    return {
        /** Returns the attributes of an Items or Users dataset; empty without a dataset. */
        attributes(dataset: Resource<DatasetProperties> | undefined): AttributeTable {
            if (!dataset) return none;
            const cached = tables.get(dataset.id);
            const table = cached?.schemaArn === dataset.properties.schemaArn ? cached : loadTable(dataset);
            tables.set(dataset.id, table);
            return table;
        },
        /** Stores items or users of PutItems or PutUsers; filters see them at once. */
        put(dataset: Resource<DatasetProperties>, rows: [id: string, RawAttributes][]): void {
            events.putAttributes(dataset.id, rows);
            const table = tables.get(dataset.id);
            if (!table) return;
            const fields = readSchemaFields(store, dataset);
            for (const [id, row] of rows) table.rows.set(id, readAttributes(row, fields));
            table.version++;
        },
        /**
         * Returns a user's events that filters consider at `now`, imported and streamed, newest first; none without a
         * dataset.
         */
        latestEvents(dataset: number | undefined, userId: string, now: number): SeenEvent[] {
            if (dataset === undefined) return [];
            const index = importedOf.get(dataset) ?? loadIndex(dataset);
            importedOf.set(dataset, index);
            return latestEvents(index(userId), streams.ofUser(dataset, userId), now);
        },
        /**
         * Returns the rising items of a dataset as of its latest event that is not after `now` (epoch milliseconds).
         * `interval` is in seconds. An event with a future timestamp counts from that time on.
         */
        rising(dataset: number, interval: number, now: number): string[] {
            const lastEvent = streams.lastEvent(dataset);
            const cached = trends.get(dataset);
            if (cached?.interval === interval && cached.lastEvent === lastEvent && now / 1000 < cached.until)
                return cached.value;
            const rising = computeRising(dataset, interval, now / 1000);
            trends.set(dataset, { ...rising, interval, lastEvent });
            return rising.value;
        },
        /** Drops cached contents. Call this when an import may have changed the files. */
        forget() {
            trends.clear();
            recentOf.clear();
            tables.clear();
            importedOf.clear();
        },
    };
}

export type DatasetContents = ReturnType<typeof createDatasetContents>;

/**
 * An event as filters of interactions use it; `eventType` is in lower case. `receivedAt` of an imported event is the time
 * of the last import that contained the user.
 */
type SeenEvent = Pick<UserEvent, "itemId" | "eventType" | "sentAt" | "receivedAt">;

/** Number of latest events of a user and event type that a filter considers (developer guide). */
const MOST_OF_A_TYPE = 100;

/** Three months in milliseconds; 90 days is a guess, because the developer guide states no number of days. */
const FORGOTTEN_AFTER = 90 * 86_400_000;

/** Indexes imported events by user, once for a dataset. Returns a function from a user ID to the user's events. */
function indexByUser(rows: Rows) {
    const userNumbers = new Map(rows.userIds.map((userId, user) => [userId, user]));
    const eventTypes = rows.eventTypes.map((eventType) => eventType.toLowerCase());
    const rowsOf = groupPlaces(rows.users, rows.userIds.length);
    return (userId: string): SeenEvent[] => {
        const user = userNumbers.get(userId);
        if (user === undefined) return [];
        return Array.from(rowsOf(user), (row) => ({
            itemId: rows.itemIds[rows.items[row] ?? 0] ?? "",
            eventType: eventTypes[rows.events[row] ?? 0] ?? "",
            sentAt: rows.timestamps[row] ?? 0,
            receivedAt: rows.importedAt?.[user] ?? 0,
        }));
    };
}

/**
 * Returns the latest 100 imported and streamed events of a user for each event type, newest first. After three months
 * without an import or an event, the user's earlier events no longer count until they are imported again.
 *
 * @param now epoch milliseconds
 * @see https://docs.aws.amazon.com/personalize/latest/dg/filter-expressions.html
 */
function latestEvents(imported: readonly SeenEvent[], streamed: readonly UserEvent[], now: number): SeenEvent[] {
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
