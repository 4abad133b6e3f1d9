import { findKeys, mayUse, messageOf, readBatchFolder, writeOutput } from "../batch/access.ts";
import type { EmulatorOptions } from "../contract.ts";
import type { Field } from "../control/avro.ts";
import { readSchemaFields } from "../control/datasets.ts";
import type { ImportJobProperties } from "../control/import-jobs.ts";
import type { AttributionProperties } from "../control/metric-attributions.ts";
import type { DatasetProperties } from "../control/properties.ts";
import { type Call, rowsFile } from "../control/resources.ts";
import { countMetadata } from "../control/schemas.ts";
import type { Resource } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import {
    type AttributedEvent,
    type AttributedValue,
    type Attributions,
    attributionReport,
} from "../events/attribution.ts";
import type { EventStore } from "../events/event-store.ts";
import { toRecord } from "../wire/validate.ts";
import { createCollector } from "./collectors.ts";
import { readDataLocation } from "./data-location.ts";
import { RefusedDataError, readCsv } from "./read-csv.ts";

const fewestInteractions = 1000;
/** Most distinct event types and metadata columns of interactions together (Developer Guide, "Interactions data"). */
const mostTypesAndColumns = 10;

/**
 * Runs an import job: checks access, reads the objects, checks the rows against the dataset's schema and stores them.
 * Failure reasons have the same texts as in the service. Only the log contains the access check that failed. If the
 * process dies before it records the job's end, the job runs again with the same result, because equal events count
 * once.
 */
export async function runImport(
    call: Call,
    events: EventStore,
    attribution: Attributions,
    job: Resource<ImportJobProperties>,
): Promise<Outcome> {
    const { options, store } = call;
    const { properties } = job;
    const dataset = store.find<DatasetProperties>(job.region, job.parent ?? "");
    const location = readDataLocation(properties.dataSource.dataLocation);
    if (!dataset || !location)
        throw new Error(`The dataset of ${job.arn} does not exist any more, or its data location is invalid.`);
    const { datasetType } = dataset.properties;
    if (dataset.failure !== null) {
        return { failure: `Failed to create a data import job ${datasetType} dataset...The dataset is CREATE FAILED.` };
    }
    if (!(await mayUse(call, job, "judge", location))) return notReadable(datasetType);
    const fields = readSchemaFields(store, dataset);
    try {
        const collector = createCollector(datasetType, fields);
        const keys = await findKeys(call, job, location);
        if (keys.length === 0) throw new RefusedDataError("Invalid Data location.");
        const measured = datasetType === "INTERACTIONS" ? attribution.of(call, dataset.parent ?? "") : undefined;
        const happened: AttributedEvent[] = [];
        const typeAt = datasetType === "INTERACTIONS" ? fields.findIndex(({ name }) => name === "EVENT_TYPE") : -1;
        const eventTypes = new Set<string>();
        const { imported, bytes } = await readAll(options, location.bucket, keys, fields, (values) => {
            collector.take(values);
            if (typeAt >= 0) eventTypes.add((values[typeAt] ?? "").toLowerCase());
            if (measured) happened.push(...eventsOf(measured, fields, values));
        });
        if (datasetType === "INTERACTIONS") checkInteractions(imported, eventTypes.size, fields);
        if (imported === 0) throw new RefusedDataError("Input CSV has no rows.");
        const before = properties.importMode === "INCREMENTAL" ? dataset.properties.rows : 0;
        const rows = collector.keep(rowsFile(options.dataDir, dataset.id), before, store.clock.now());
        // An incremental import replaces streamed data with the same ID; a full import does not.
        if (before > 0) events.dropAttributes(dataset.id, collector.ids());
        options.log(`${job.arn}: ${imported} rows read, ${rows} in the dataset`);
        const values = measured ? attribution.values(call, measured, happened) : [];
        if (measured && properties.publishAttributionMetricsToS3) await writeReport(call, measured, job, values);
        return {
            properties: { bytes },
            commit() {
                store.save({ ...dataset, properties: { ...dataset.properties, rows } });
                if (measured && properties.importMode === "INCREMENTAL") attribution.report?.(measured, values);
            },
        };
    } catch (error) {
        if (isForbidden(error)) {
            options.log(`${job.arn}: the job may not read an object: ${messageOf(error)}`);
            return notReadable(datasetType);
        }
        if (!(error instanceof RefusedDataError)) throw error;
        return { failure: `Failed to create a data import job ${datasetType} dataset...${error.message}` };
    }
}

/** Throws RefusedDataError for too few interactions, or too many event types and metadata columns. */
function checkInteractions(imported: number, types: number, fields: Field[]): void {
    if (imported < fewestInteractions) {
        throw new RefusedDataError(
            `Input CSV has ${imported} interactions, fewer than the minimum of ${fewestInteractions}.`,
        );
    }
    const columns = countMetadata("INTERACTIONS", fields);
    if (types + columns > mostTypesAndColumns) {
        throw new RefusedDataError(
            `The data has ${types} event types and ${columns} metadata columns; together they can be at most ${mostTypesAndColumns}.`,
        );
    }
}

/** Returns a row as an event if the metric attribution has a metric for its event type; otherwise none. */
function eventsOf(
    { properties }: Resource<AttributionProperties>,
    fields: Field[],
    values: string[],
): AttributedEvent[] {
    const columns = Object.fromEntries(fields.map(({ name }, place) => [name, values[place] ?? ""]));
    const { ITEM_ID: itemId = null, EVENT_TYPE: eventType = "", TIMESTAMP, EVENT_VALUE } = columns;
    const isMeasured = properties.metrics.some((metric) => metric.eventType.toLowerCase() === eventType.toLowerCase());
    const eventValue = EVENT_VALUE ? Number(EVENT_VALUE) : null;
    return isMeasured ? [{ itemId, eventType, timestamp: Number(TIMESTAMP), eventValue, columns }] : [];
}

/** Writes the report of an import to the folder of the metric attribution. If that fails, the import still succeeds. */
async function writeReport(
    call: Call,
    { properties: { metricsOutputConfig } }: Resource<AttributionProperties>,
    job: Resource<ImportJobProperties>,
    values: readonly AttributedValue[],
): Promise<void> {
    const { roleArn, s3DataDestination } = metricsOutputConfig;
    const folder = readBatchFolder(s3DataDestination?.path ?? "");
    const name = `AggregatedAttributionMetrics - ${job.properties.importMode} - ${job.createdAt}.csv`;
    await writeOutput(call, { ...job, properties: { roleArn } }, folder, name, attributionReport(values));
}

/** Reads the objects one after the other. Throws RefusedDataError for one that is not valid. */
async function readAll(
    { access }: EmulatorOptions,
    bucket: string,
    keys: readonly string[],
    fields: Field[],
    take: (values: string[]) => void,
): Promise<{ readonly imported: number; readonly bytes: number }> {
    let imported = 0;
    let bytes = 0;
    let columns: string | undefined;
    const takeRow = (values: string[]) => {
        imported++;
        take(values);
    };
    for (const key of keys) {
        const read = await readCsv(await access.read(bucket, key), fields, takeRow);
        bytes += read.length;
        const header = read.header.toSorted().join();
        // Developer Guide, "Preparing training data": the headers of several files must match.
        columns ??= header;
        if (header !== columns)
            throw new RefusedDataError(`The columns of ${key} differ from those of the other files.`);
    }
    return { imported, bytes };
}

const notReadable = (datasetType: string): Outcome => ({
    failure: `Failed to create a data import job for ${datasetType} dataset....Insufficient privileges for accessing data in Amazon S3.`,
});

/** Checks whether S3 refused a read, for example of an archived object or of another account's object. */
const isForbidden = (error: unknown) => toRecord(toRecord(error).$metadata).httpStatusCode === 403;
