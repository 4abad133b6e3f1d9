import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";
import { type PersonalizeEventsClient, PutItemsCommand, PutUsersCommand } from "@aws-sdk/client-personalize-events";
import { GetObjectCommand, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { newestTablesKey, tablesKey } from "../../../core/config/names.ts";
import { importedHash, type StateFlags } from "../../../core/operations/state-flags.ts";
import { rowsCsv } from "../../../data-prep/attributes/columns.ts";
import { toProperties } from "../../../data-prep/attributes/rows.ts";
import { filesBeside, hashFile, outputFolder } from "../../../data-prep/files.ts";
import { parseTables } from "../../../data-prep/tables/document.ts";
import { withItems } from "../../../data-prep/tables/films.ts";
import { tablesBytes } from "../../../data-prep/tables/make.ts";
import { counted } from "../../../data-prep/words.ts";
import { RunbookError } from "../cli/runbook.ts";
import type { Changes, DatasetChanges, ItemChanges } from "./changes.ts";

/** A record of PutItems or PutUsers. */
export interface SentRecord {
    readonly id: string;
    /** JSON object with the values of the columns. */
    readonly properties: string;
}

/** Maximum number of records in a call, and maximum length of a record's properties (API reference). */
const mostRecords = 10;
const longestProperties = { ITEM_ID: 32_000, USER_ID: 24_000 } as const;
/** Milliseconds between two calls: a dataset group accepts ten calls a second (Developer Guide, "Quotas"). */
const betweenCalls = 100;

/** Returns the records of the changed rows. Throws RunbookError for a row that is too long for the service. */
export function toRecords({ rows, changed, idName }: DatasetChanges): SentRecord[] {
    return changed.map((id) => {
        const properties = toProperties(rows.fields, rows.byId.get(id) ?? []);
        const most = longestProperties[idName];
        if (properties.length <= most) return { id, properties };
        throw new RunbookError(
            `${id} has values of ${properties.length} characters, and Personalize accepts ${most}. Shorten its texts; nothing was changed.`,
        );
    });
}

/** Sends records to a dataset. Each record replaces the whole row. Throws RunbookError with the number of sent records. */
export async function sendRecords(
    client: PersonalizeEventsClient,
    datasetArn: string,
    idName: DatasetChanges["idName"],
    records: readonly SentRecord[],
    { progress, sleep }: { progress: (done: number) => void; sleep: (ms: number) => Promise<unknown> },
): Promise<void> {
    for (let at = 0; at < records.length; at += mostRecords) {
        const some = records.slice(at, at + mostRecords);
        try {
            const items = some.map(({ id: itemId, properties }) => ({ itemId, properties }));
            const users = some.map(({ id: userId, properties }) => ({ userId, properties }));
            await (idName === "ITEM_ID"
                ? client.send(new PutItemsCommand({ datasetArn, items }))
                : client.send(new PutUsersCommand({ datasetArn, users })));
        } catch (error) {
            throw new RunbookError(
                `Personalize accepted ${at} of ${counted(records.length, "record")}. The call with ${some.map(({ id }) => id).join(", ")} failed: ` +
                    `${error instanceof Error ? error.message : error}\nThe stack's files are unchanged, so the same command sends all records again.`,
            );
        }
        progress(at + some.length);
        if (at + mostRecords < records.length) await sleep(betweenCalls);
    }
}

/** Fallback tables in the stack's bucket, with the changed items. */
export interface ChangedTables {
    readonly key: string;
    readonly bytes: Buffer;
}

/**
 * Returns the changed fallback tables of the versions that the API can serve now: those of the newest `pulumi up`, and
 * those of `served`, the id of another version. A version without tables of its own is left out.
 */
export async function changedTables(
    s3: S3Client,
    Bucket: string,
    served: string | undefined,
    { given, dataset }: ItemChanges,
): Promise<ChangedTables[]> {
    const read = async (Key: string): Promise<string | undefined> => {
        try {
            return await (await s3.send(new GetObjectCommand({ Bucket, Key }))).Body?.transformToString();
        } catch (error) {
            if (error instanceof NoSuchKey) return undefined;
            throw error;
        }
    };
    const versions = new Set([await read(newestTablesKey), served].filter((version) => version !== undefined));
    const tables: ChangedTables[] = [];
    for (const key of [...versions].map(tablesKey)) {
        const text = await read(key);
        if (text === undefined) continue;
        tables.push({ key, bytes: tablesBytes(withItems(parseTables(text), given, dataset?.rows)).bytes });
    }
    return tables;
}

const sha256 = (content: string | Buffer) => createHash("sha256").update(content).digest("hex");

/** Replaces fallback tables in the stack's bucket, each in one write. */
export async function storeTables(s3: S3Client, Bucket: string, tables: readonly ChangedTables[]): Promise<void> {
    for (const { key: Key, bytes: Body } of tables) {
        // `pulumi up` writes the same metadata.
        const file = { Key, Body, ContentType: "application/json", Metadata: { sha256: sha256(Body) } };
        await s3.send(new PutObjectCommand({ Bucket, ...file }));
    }
}

/**
 * Returns the part of the state flag `sent` for a dataset, with which `pulumi up` does not import the sent rows.
 * Returns the part of the earlier flag if `imported`, the hash of the last import, is not that of the present file:
 * then `pulumi up` imports anyway.
 */
export async function sentRows(
    kind: "items" | "users",
    sent: StateFlags["sent"],
    { path, rows, idName }: DatasetChanges,
    imported: unknown,
) {
    const before = await hashFile(path);
    if (importedHash(sent?.[kind], before) !== imported) return sent?.[kind];
    return { imported, files: [sha256(rowsCsv(idName, rows)), before] };
}

/** Writes the changes into the files beside the interactions at `csvPath`; each file completely or not at all. */
export async function writeChanges(csvPath: string, { manifest, items, users }: Changes): Promise<void> {
    const folder = outputFolder(csvPath);
    const beside = filesBeside(csvPath);
    if (items) {
        const tables = parseTables(await readFile(beside.tables, "utf8"));
        const changed = withItems(tables, items.given, items.dataset?.rows);
        await folder.put(beside.tables, tablesBytes(changed).bytes.toString());
        await folder.putJson(beside.catalogue, items.catalogue);
    }
    for (const dataset of [items?.dataset, users]) {
        // A file without changes stays byte for byte, so that its import stays valid.
        if (dataset && dataset.changed.length > 0)
            await folder.put(dataset.path, rowsCsv(dataset.idName, dataset.rows));
    }
    const counted = (kind: "items" | "users", rows: number | undefined) => {
        const entry = manifest[kind];
        return entry && rows !== undefined && { [kind]: { ...entry, rows } };
    };
    await folder.putJson(beside.manifest, {
        ...manifest,
        ...counted("items", items?.catalogue.length),
        ...counted("users", users?.rows.byId.size),
        files: { ...manifest.files, ...folder.files },
    });
}
