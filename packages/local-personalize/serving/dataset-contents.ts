import { existsSync } from "node:fs";
import { fieldsOf } from "../control/datasets.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { rowsFile } from "../control/resources.ts";
import type { Resource, Store } from "../control/store.ts";
import type { EventStore } from "../events/event-store.ts";
import type { Streams } from "../events/streams.ts";
import { type Attributes, type RawAttributes, readAttributes } from "../filtering/bind.ts";
import { indexByUser, latestEvents, type SeenEvent } from "../filtering/recent-events.ts";
import { loadAttributeRows, loadRows } from "../importing/rows.ts";

/** The attributes of a dataset's items or users. `version` increases with every change. */
export interface AttributeTable {
    rows: Map<string, Attributes>;
    version: number;
    /** The schema of these rows: another schema may have more columns. */
    schemaArn: string;
}

const none: AttributeTable = { rows: new Map(), version: 0, schemaArn: "" };

/** The contents of datasets in memory, for filters: read at the first use, and again after an import. */
export function createDatasetContents(context: {
    dataDir: string;
    store: Store;
    events: EventStore;
    streams: Streams;
}) {
    const { dataDir, store, events, streams } = context;
    const tables = new Map<number, AttributeTable>();
    const importedOf = new Map<number, (userId: string) => SeenEvent[]>();

    const loadTable = (dataset: Resource<DatasetProperties>): AttributeTable => {
        const fields = fieldsOf(store, dataset);
        const rows = loadAttributeRows(rowsFile(dataDir, dataset.id));
        for (const [id, row] of events.attributes(dataset.id)) rows.set(id, row);
        return {
            rows: new Map([...rows].map(([id, row]) => [id, readAttributes(row, fields)])),
            version: 0,
            schemaArn: dataset.properties.schemaArn,
        };
    };

    const loadIndex = (dataset: number) => {
        const file = rowsFile(dataDir, dataset);
        return existsSync(file) ? indexByUser(loadRows(file)) : () => [];
    };

    return {
        /** The attributes of an Items or Users dataset; empty without a dataset. */
        attributes(dataset: Resource<DatasetProperties> | undefined): AttributeTable {
            if (!dataset) return none;
            const known = tables.get(dataset.id);
            const table = known?.schemaArn === dataset.properties.schemaArn ? known : loadTable(dataset);
            tables.set(dataset.id, table);
            return table;
        },
        /** Stores items or users of PutItems or PutUsers; filters see them at once. */
        put(dataset: Resource<DatasetProperties>, rows: [id: string, RawAttributes][]): void {
            events.putAttributes(dataset.id, rows);
            const table = tables.get(dataset.id);
            if (!table) return;
            const fields = fieldsOf(store, dataset);
            for (const [id, row] of rows) table.rows.set(id, readAttributes(row, fields));
            table.version++;
        },
        /** A user's latest events, imported and streamed, newest first: 100 of each event type. */
        latestEvents(dataset: number, userId: string): SeenEvent[] {
            const index = importedOf.get(dataset) ?? loadIndex(dataset);
            importedOf.set(dataset, index);
            return latestEvents(index(userId), streams.ofUser(dataset, userId));
        },
        /** Call this when an import may have changed the files. */
        forget() {
            tables.clear();
            importedOf.clear();
        },
    };
}

export type DatasetContents = ReturnType<typeof createDatasetContents>;
