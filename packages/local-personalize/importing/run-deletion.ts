import { existsSync } from "node:fs";
import { mayUse, noPrivileges } from "../batch/access.ts";
import { findDataset, listVersions } from "../control/datasets.ts";
import type { DeletionJobProperties } from "../control/import-jobs.ts";
import { type Call, modelDir, rowsFile } from "../control/resources.ts";
import type { Resource } from "../control/store.ts";
import type { Outcome } from "../control/works.ts";
import type { Streams } from "../events/streams.ts";
import { loadModel, saveModel } from "../model/model.ts";
import { loadAttributeRows, saveAttributeRows } from "./collectors.ts";
import { createCsvParser, MalformedCsvError } from "./csv.ts";
import { readDataLocation } from "./data-location.ts";
import { loadRows, rowsWithout, saveRows } from "./rows.ts";

/** Maximum size of all input files together, in bytes (Developer Guide, "Deleting users"). */
const LARGEST_INPUT = 50 * 1024 * 1024;

/**
 * Deletes the users of a job's CSV files from the interactions and users of its dataset group, imported and streamed,
 * and from the models that were trained on them. If the process dies, the job runs again and deletes the rest. Reads
 * only files that end in `.csv`, in sub-folders too (Developer Guide, "Deleting users").
 */
export async function runDeletion(
    call: Call,
    streams: Streams,
    job: Resource<DeletionJobProperties>,
): Promise<Outcome> {
    const { access, dataDir, log } = call.options;
    const location = readDataLocation(job.properties.dataSource.dataLocation);
    if (!location) throw new Error(`The data location of ${job.arn} is not a location in S3.`);
    if (!(await mayUse(call, job, "judge", location))) return { failure: noPrivileges };
    const listed = await access.list(location.bucket, location.key).catch(() => []);
    const files = listed.filter(({ key }) => key.endsWith(".csv") && (location.isPrefix || key === location.key));
    if (files.length === 0) return { failure: "Invalid Data location." };
    if (files.reduce((sum, { size }) => sum + size, 0) > LARGEST_INPUT)
        return { failure: "The input is larger than 50 MB." };
    const users = new Set<string>();
    try {
        for (const { key } of files) {
            const header = await readUsers(await access.read(location.bucket, key), users);
            if (header !== "USER_ID")
                return { failure: `Input CSV must have one column, USER_ID: ${key} has ${header}.` };
        }
    } catch (error) {
        if (!(error instanceof MalformedCsvError)) throw error;
        return { failure: `Input CSV is not valid: ${error.message}.` };
    }
    const group = job.parent ?? "";
    let numDeleted = 0;
    for (const type of ["INTERACTIONS", "USERS"]) {
        const dataset = findDataset(call.store, job.region, group, type);
        if (!dataset) continue;
        const file = rowsFile(dataDir, dataset.id);
        const rows = type === "USERS" ? deleteAttributes(file, users) : deleteInteractions(file, users);
        numDeleted += dataset.properties.rows - rows + streams.forget(dataset.id, users);
        call.store.save({ ...dataset, properties: { ...dataset.properties, rows } });
    }
    const trained = [
        ...listVersions(call.store, job.region, group),
        ...call.store.list("recommender", job.region, group),
    ];
    for (const { id } of trained) {
        const dir = modelDir(dataDir, id);
        if (!existsSync(dir)) continue;
        const model = loadModel(dir);
        const histories = new Map([...model.histories].filter(([userId]) => !users.has(userId)));
        if (histories.size < model.histories.size) saveModel(dir, { ...model, histories });
    }
    log(`${job.arn}: ${numDeleted} records of ${users.size} users deleted`);
    return { properties: { numDeleted } };
}

/** Reads the IDs of a file into `users`, and returns its header. */
async function readUsers(bytes: AsyncIterable<Uint8Array>, users: Set<string>): Promise<string> {
    let header: string | undefined;
    const parser = createCsvParser((record) => {
        if (header === undefined) header = record.join();
        else users.add(record[0] ?? "");
    });
    const decoder = new TextDecoder();
    for await (const chunk of bytes) parser.write(decoder.decode(chunk, { stream: true }));
    parser.write(decoder.decode());
    parser.end();
    return header ?? "nothing";
}

function deleteInteractions(file: string, users: ReadonlySet<string>): number {
    const rows = rowsWithout(loadRows(file), users);
    if (existsSync(file)) saveRows(file, rows);
    return rows.timestamps.length;
}

function deleteAttributes(file: string, users: ReadonlySet<string>): number {
    const rows = new Map([...loadAttributeRows(file)].filter(([id]) => !users.has(id)));
    if (existsSync(file)) saveAttributeRows(file, rows);
    return rows.size;
}
