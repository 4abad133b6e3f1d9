import type { RawAttributes } from "filter-grammar";
import { readSchemaFields } from "../control/datasets.ts";
import type { DatasetProperties, ExportJobProperties } from "../control/properties.ts";
import { type Call, rowsFile } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import type { EventStore } from "../events/event-store.ts";
import { loadAttributeRows, textOf } from "../importing/collectors.ts";
import { eachRow, loadRows, propertyTexts, type TakeRow } from "../importing/rows.ts";
import { readBatchFolder, writeOutput } from "./access.ts";

/** Maximum number of rows in one exported object: a JavaScript string cannot be longer than half a gigabyte. */
const rowsAtOnce = 500_000;

/**
 * Writes a dataset's rows as CSV objects `<job>_<n>.csv` with the columns of its schema. Fails with the service's
 * message when the role is not allowed to write.
 */
export async function runExport(call: Call, events: EventStore, job: Resource<ExportJobProperties>): Promise<Outcome> {
    const dataset = call.store.find<DatasetProperties>(job.region, job.parent ?? "");
    if (!dataset) throw new Error(`The dataset of ${job.arn} does not exist any more.`);
    const columns = readSchemaFields(call.store, dataset).map(({ name }) => name);
    const { ingestionMode, jobOutput } = job.properties;
    const folder = readBatchFolder(jobOutput.s3DataDestination.path);
    const rows = [
        ...(ingestionMode === "PUT" ? [] : bulkRows(call, dataset, columns)),
        ...(ingestionMode === "BULK" ? [] : putRows(events, dataset, columns)),
    ];
    for (let part = 0; part === 0 || part * rowsAtOnce < rows.length; part++) {
        const lines = rows.slice(part * rowsAtOnce, (part + 1) * rowsAtOnce).map((row) => csvLine(columns, row));
        const text = `${columns.join(",")}\n${lines.join("")}`;
        const failure = await writeOutput(call, job, folder, `${job.name}_${part + 1}.csv`, text);
        if (failure !== undefined) return { failure };
    }
    call.options.log(`${job.arn}: ${rows.length} rows exported to s3://${folder.bucket}/${folder.key}`);
    return {};
}

function bulkRows({ options }: Call, dataset: Resource<DatasetProperties>, columns: string[]): RawAttributes[] {
    const file = rowsFile(options.dataDir, dataset.id);
    if (dataset.properties.datasetType !== "INTERACTIONS") return [...loadAttributeRows(file).values()];
    const rows: RawAttributes[] = [];
    const take: TakeRow = (user, item, event, timestamp, value = Number.NaN, texts = []) =>
        rows.push({
            ...named(columns, texts),
            ...interaction(user, item, event, timestamp, Number.isNaN(value) ? null : value),
        });
    eachRow(loadRows(file), take, columns);
    return rows;
}

function putRows(events: EventStore, dataset: Resource<DatasetProperties>, columns: string[]): RawAttributes[] {
    if (dataset.properties.datasetType !== "INTERACTIONS") return events.attributes(dataset.id).map(([, row]) => row);
    return events
        .events(dataset.id)
        .map(({ userId, sessionId, itemId, eventType, sentAt, eventValue, properties, impression }) => ({
            ...named(columns, propertyTexts(properties, columns)),
            ...(impression && { IMPRESSION: JSON.parse(impression).join("|") }),
            ...interaction(userId ?? sessionId, itemId ?? "", eventType, Math.floor(sentAt), eventValue),
        }));
}

const named = (columns: readonly string[], texts: readonly string[]) =>
    Object.fromEntries(columns.map((name, index) => [name, texts[index] ?? ""]));

const interaction = (user: string, item: string, event: string, timestamp: number, value: number | null) => ({
    USER_ID: user,
    ITEM_ID: item,
    EVENT_TYPE: event,
    TIMESTAMP: timestamp,
    EVENT_VALUE: value,
});

function csvLine(columns: readonly string[], row: RawAttributes): string {
    const cells = columns.map((name) => {
        const text = textOf(row, name);
        return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
    });
    return `${cells.join(",")}\n`;
}
