import type { EmulatorOptions } from "../contract.ts";
import { type Field, readAvroSchema } from "../control/avro.ts";
import type { ImportJobProperties } from "../control/import-jobs.ts";
import type { DatasetProperties, SchemaProperties } from "../control/properties.ts";
import { rowsFile } from "../control/resources.ts";
import type { Resource, Store } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import type { EventStore } from "../events/event-store.ts";
import type { Meter } from "../metering/meter.ts";
import { collectorOf } from "./collectors.ts";
import { type DataLocation, keysToRead, readDataLocation } from "./data-location.ts";
import { RefusedDataError, readCsv } from "./read-csv.ts";

const fewestInteractions = 1000;

/**
 * Runs an import job: asks for access, reads, checks against the dataset's schema and stores the rows. Failures have
 * the service's texts; the failed access step and its reason are only in the log. The process may die before it records
 * a job's end. The job then runs again with the same result: equal events count once.
 */
export async function runImport(
    options: EmulatorOptions,
    store: Store,
    events: EventStore,
    meter: Meter,
    job: Resource<ImportJobProperties>,
): Promise<Outcome> {
    const { properties } = job;
    const dataset = store.find<DatasetProperties>(job.region, job.parent ?? "");
    const location = readDataLocation(properties.dataSource.dataLocation);
    if (!dataset || !location) throw new Error(`The dataset or the data location of ${job.arn} is gone.`);
    const { datasetType, schemaArn } = dataset.properties;
    if (dataset.failure !== null) {
        return { failure: `Failed to create a data import job ${datasetType} dataset...The dataset is CREATE FAILED.` };
    }
    const judgement = await options.access.judge({
        roleArn: properties.roleArn,
        ...location,
        sourceArn: job.arn,
        sourceAccount: options.accountId,
        region: job.region,
    });
    if (!judgement.allowed) {
        options.log(
            `${job.arn}: may not read ${properties.dataSource.dataLocation}: ${judgement.step}: ${judgement.reason}`,
        );
        return notReadable(datasetType);
    }
    const schema = store.find<SchemaProperties>(job.region, schemaArn);
    if (!schema) throw new Error(`The schema of ${dataset.arn} is gone.`);
    const { fields } = readAvroSchema(schema.properties.schema);
    try {
        const collector = collectorOf(datasetType, fields);
        const keys = await findKeys(options, location, job);
        const { imported, bytes } = await readAll(options, location.bucket, keys, fields, (values) =>
            collector.take(values),
        );
        if (datasetType === "INTERACTIONS" && imported < fewestInteractions) {
            throw new RefusedDataError(
                `Input CSV has ${imported} interactions, fewer than the minimum of ${fewestInteractions}.`,
            );
        }
        if (imported === 0) throw new RefusedDataError("Input CSV has no rows.");
        const before = properties.importMode === "INCREMENTAL" ? dataset.properties.rows : 0;
        const rows = collector.keep(rowsFile(options.dataDir, dataset.id), before, store.clock.now());
        // An incremental import replaces streamed data with the same ID; a full import does not.
        if (before > 0) events.dropAttributes(dataset.id, collector.ids());
        options.log(`${job.arn}: ${imported} rows read, ${rows} in the dataset`);
        return {
            properties: { bytes },
            commit() {
                store.save({ ...dataset, properties: { ...dataset.properties, rows } });
                meter.imported(job, bytes);
            },
        };
    } catch (error) {
        if (isForbidden(error)) {
            options.log(`${job.arn}: may not read an object: ${(error as Error).message}`);
            return notReadable(datasetType);
        }
        if (!(error instanceof RefusedDataError)) throw error;
        return { failure: `Failed to create a data import job ${datasetType} dataset...${error.message}` };
    }
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
        const counted = countBytes(await access.read(bucket, key), (length) => {
            bytes += length;
        });
        const header = (await readCsv(counted, fields, takeRow)).toSorted().join();
        // Developer Guide, "Preparing training data": the headers of several files must match.
        columns ??= header;
        if (header !== columns) throw new RefusedDataError(`The columns of ${key} are not those of other files.`);
    }
    return { imported, bytes };
}

const notReadable = (datasetType: string): Outcome => ({
    failure: `Failed to create a data import job for ${datasetType} dataset....Insufficient privileges for accessing data in Amazon S3.`,
});

/** Checks whether S3 refused a read, for example of an archived object or of another account's object. */
const isForbidden = (error: unknown) =>
    (error as { readonly $metadata?: { readonly httpStatusCode?: number } }).$metadata?.httpStatusCode === 403;

async function* countBytes(chunks: AsyncIterable<Uint8Array>, count: (length: number) => void) {
    for await (const chunk of chunks) {
        count(chunk.length);
        yield chunk;
    }
}

async function findKeys(options: EmulatorOptions, location: DataLocation, job: { arn: string }): Promise<string[]> {
    const listed = await options.access.list(location.bucket, location.key).catch((error: unknown) => {
        options.log(`${job.arn}: cannot list ${location.bucket}: ${error instanceof Error ? error.message : error}`);
        return [];
    });
    const keys = keysToRead(location, listed);
    if (keys.length > 0) return keys;
    options.log(`${job.arn}: there is no object to import at s3://${location.bucket}/${location.key}`);
    throw new RefusedDataError("Invalid Data location.");
}
