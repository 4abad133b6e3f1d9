import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { S3Client } from "@aws-sdk/client-s3";
import { AccessError } from "../errors.ts";
import { RepairError } from "./columns.ts";
import type { Shape } from "./fields.ts";
import { isDataName, isFolder, repairedKey, repairedName, selectFiles } from "./names.ts";
import {
    download,
    type Encryption,
    exists,
    keysUnder,
    objectExistsError,
    type S3Location,
    s3Url,
    upload,
} from "./objects.ts";
import { type Repaired, repairCsv } from "./repair.ts";

export const fewestInteractions = 1000;

export interface FileRepair extends Repaired {
    readonly from: string;
    /** Key of the repaired copy; undefined if there is nothing to repair. */
    readonly to: string | undefined;
}

export interface LocationRepair {
    /** Location of the repaired copies; undefined if there is nothing to repair. */
    readonly to: S3Location | undefined;
    readonly files: readonly FileRepair[];
    /** Files of the folder that contain no data, which are not copied. */
    readonly leftOut: readonly string[];
}

interface Options {
    readonly to: S3Location | undefined;
    readonly shape: Shape | undefined;
    /** Whether to make the copies on this machine only, in order to report what a repair would change. */
    readonly dryRun: boolean;
    readonly signal: AbortSignal;
    /** Logs progress, because a large file takes minutes. */
    log(message: string): void;
}

interface Copy {
    readonly key: string;
    readonly file: string;
    readonly target: S3Location;
    readonly encryption: Encryption;
    readonly repaired: Repaired;
}

/**
 * Writes repaired copies of a file, or of all files of a folder, to S3. First repairs all files on this machine, so
 * that after an error nothing is written. With `dryRun`, writes nothing and only reports the changes.
 *
 * @throws AccessError if an object exists at the target, if there is no data file, or for content that cannot be
 * repaired safely.
 */
export async function repairLocation(
    client: S3Client,
    from: S3Location,
    { to: named, shape, dryRun, signal, log }: Options,
): Promise<LocationRepair> {
    const to = named ?? { bucket: from.bucket, key: repairedKey(from.key) };
    if (isFolder(from.key) !== isFolder(to.key)) {
        throw new AccessError(
            `${s3Url(from)} and ${s3Url(to)}: both must be files, or both folders with a slash at the end.`,
        );
    }
    const listed = isFolder(from.key) ? selectFiles(from.key, await keysUnder(client, from)) : [from.key];
    const keys = isFolder(from.key) ? listed.filter(isDataName) : listed;
    if (keys.length === 0) {
        throw new AccessError(`${s3Url(from)} has no data files. Upload your own: aws s3 cp YOUR.csv ${s3Url(from)}`);
    }
    const targetOf = (key: string): S3Location =>
        isFolder(to.key) ? { ...to, key: to.key + repairedName(from.key, key) } : to;
    for (const key of keys) {
        if (await exists(client, targetOf(key))) throw objectExistsError(targetOf(key));
    }
    const folder = await mkdtemp(join(tmpdir(), "repair-file-"));
    try {
        const raw: { key: string; file: string; encryption: Encryption }[] = [];
        for (const [index, key] of keys.entries()) {
            signal.throwIfAborted();
            const file = join(folder, `${index}.raw`);
            log(`reading ${s3Url({ ...from, key })}`);
            raw.push({ key, file, encryption: await read(client, { bucket: from.bucket, key }, file, signal) });
        }
        const repairAll = async (keep: ReadonlySet<string> | undefined): Promise<Copy[]> => {
            const copies: Copy[] = [];
            for (const { key, file, encryption } of raw) {
                signal.throwIfAborted();
                const csv = `${file}.csv`;
                log(`repairing ${s3Url({ ...from, key })}`);
                const repaired = await repairOrRefuse(file, csv, { name: key, shape, keep, signal });
                copies.push({ key, file: csv, target: targetOf(key), encryption, repaired });
            }
            return copies;
        };
        const complete = await repairAll(undefined);
        // All files of an import need the same columns.
        const copies = haveEqualColumns(complete) ? complete : await repairAll(commonColumns(complete));
        checkRows(copies);
        const leftOut = listed.filter((key) => !keys.includes(key));
        const isSound = copies.every(({ repaired }) => repaired.changes.length === 0) && leftOut.length === 0;
        const isNested = keys.some((key) => key.slice(from.key.length).includes("/"));
        const isWritten = !isSound || isNested;
        for (const { file, target, encryption } of isWritten && !dryRun ? copies : []) {
            signal.throwIfAborted();
            log(`writing ${s3Url(target)}`);
            await upload(client, file, target, encryption);
        }
        return {
            to: isWritten ? to : undefined,
            files: copies.map(({ key, target, repaired }) => ({
                from: s3Url({ ...from, key }),
                to: isWritten ? s3Url(target) : undefined,
                ...repaired,
            })),
            leftOut: leftOut.map((key) => s3Url({ ...from, key })),
        };
    } finally {
        await rm(folder, { recursive: true, force: true });
    }
}

async function read(client: S3Client, place: S3Location, file: string, signal: AbortSignal): Promise<Encryption> {
    return download(client, place, file, signal).catch((error: Error) => {
        if (error.name === "NoSuchKey") {
            throw new AccessError(`There is no ${s3Url(place)}. List the bucket: aws s3 ls s3://${place.bucket}/`);
        }
        if (error.name === "InvalidObjectState") {
            throw new AccessError(
                `${s3Url(place)} is in an archive class. Restore it first, which takes hours: ` +
                    `aws s3api restore-object --bucket ${place.bucket} --key ${place.key} --restore-request Days=7`,
            );
        }
        throw error;
    });
}

async function repairOrRefuse(...args: Parameters<typeof repairCsv>): Promise<Repaired> {
    return repairCsv(...args).catch((error: Error) => {
        throw error instanceof RepairError ? new AccessError(`${error.message}\nNothing was written.`) : error;
    });
}

const haveEqualColumns = (copies: readonly Copy[]) =>
    new Set(copies.map(({ repaired }) => repaired.names.toSorted().join())).size === 1;

const commonColumns = (copies: readonly Copy[]) =>
    new Set(copies[0]?.repaired.names.filter((name) => copies.every(({ repaired }) => repaired.names.includes(name))));

function checkRows(copies: readonly Copy[]): void {
    const rows = copies.reduce((sum, { repaired }) => sum + repaired.rows, 0);
    const isInteractions = copies[0]?.repaired.datasetType === "INTERACTIONS";
    const fewest = isInteractions ? fewestInteractions : 1;
    if (rows < fewest) {
        const noun = isInteractions ? "interactions" : "rows";
        throw new AccessError(
            `There are ${rows} ${noun}, and an import needs ${fewest} or more. Add data. Nothing was written.`,
        );
    }
}
