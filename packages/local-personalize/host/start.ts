import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { findServiceModelDir } from "../botocore.ts";
import type { Emulator, Meter, Speed } from "../contract.ts";
import type { Quotas } from "../control/quotas.ts";
import { createEmulator } from "../emulator.ts";
import { takeFolder } from "../folder-lock.ts";
import { openAccess } from "../s3.ts";
import { portOf } from "../wire/http.ts";
import { type ArmedFault, createFaults, type Fault, readFault } from "./faults.ts";
import { toCsvFile } from "./movielens.ts";
import { quickStart, type Ready, withFile } from "./quick-start.ts";
import { startServer } from "./server.ts";

/** Options of `startLocalPersonalize`. Each has the default of the command's option with the same name. */
export interface LocalOptions {
    /**
     * A CSV file in Personalize's own columns, `movielens`, or the path of a downloaded `ml-100k.zip`, from which a
     * campaign, an event tracker and a filter are made.
     */
    readonly data?: string;
    /** Port number; 0, the default, chooses a free port. */
    readonly port?: number;
    readonly host?: string;
    /** Folder of resources and models. By default a temporary one, which `close` deletes. */
    readonly folder?: string;
    readonly speed?: Speed;
    readonly s3Endpoint?: string;
    readonly region?: string;
    readonly account?: string;
    readonly serviceModel?: string;
    readonly quota?: Partial<Quotas>;
    readonly throttle?: boolean;
    /** Gets what AWS would bill or show in CloudWatch. The command has no such option. */
    readonly meter?: Meter;
    log?(message: string): void;
    logCall?(line: string): void;
}

/** A running local Personalize. */
export interface LocalPersonalize {
    /** Address of all three APIs. */
    readonly url: string;
    /** The resources of `data`; undefined without it. A reset makes them again, with another tracking ID. */
    readonly ready: Ready | undefined;
    /** Adds a fault, as `POST /_local/faults` does. Throws an Error that says what is wrong with the fault. */
    fault(fault: Pick<Fault, "operation" | "effect"> & Partial<Fault>): ArmedFault;
    /** Deletes all resources and faults. Makes the resources of `data` again. */
    reset(): Promise<void>;
    close(): Promise<void>;
}

/** The emulator's own files in its folder. A reset deletes only these, because the folder may be one of the user's. */
const ownFiles = /^(datasets|models|(events|personalize)\.sqlite.*)$/;

/** The region of the AWS SDKs' environment variables. */
export const defaultRegion = (): string => process.env.AWS_REGION || process.env.AWS_DEFAULT_REGION || "us-east-1";

/**
 * Starts a local Personalize, and makes the resources of `data`.
 *
 * @throws Error if the port or the folder is taken, or the data cannot be used
 */
export async function startLocalPersonalize(options: LocalOptions = {}): Promise<LocalPersonalize> {
    const { data, port = 0, host = "127.0.0.1", s3Endpoint, region = defaultRegion(), log = () => {} } = options;
    const folder =
        options.folder === undefined ? mkdtempSync(join(tmpdir(), "local-personalize-")) : resolve(options.folder);
    const release = takeFolder(folder);
    if (!release) throw new Error(`${folder} is in use by another process: choose another folder with --folder.`);
    const s3 = new S3Client({
        region,
        forcePathStyle: true,
        followRegionRedirects: true,
        ...(s3Endpoint !== undefined && { endpoint: s3Endpoint }),
    });
    let file: string | undefined;
    let emulator: Emulator | undefined;
    let ready: Ready | undefined;
    const faults = createFaults();
    /** Opens the emulator, and makes the resources of `data`. */
    const open = async (): Promise<Emulator> => {
        const access = file === undefined ? openAccess(s3) : withFile(openAccess(s3), file);
        emulator = createEmulator({
            ...{ dataDir: folder, speed: options.speed ?? "instant", accountId: options.account ?? "000000000000" },
            ...(options.meter && { meter: options.meter }),
            ...{ partition: "aws", quotas: options.quota ?? {}, throttle: options.throttle ?? false },
            ...{ serviceModelDir: options.serviceModel ?? findServiceModelDir(), access, log },
        });
        if (file !== undefined) ready = await quickStart(emulator, region, file);
        return emulator;
    };
    const reset = async () => {
        await emulator?.close();
        for (const name of readdirSync(folder).filter((each) => ownFiles.test(each))) {
            rmSync(join(folder, name), { recursive: true });
        }
        faults.clear();
        await open();
        return { ready: ready ?? null };
    };
    const end = async () => {
        await emulator?.close();
        s3.destroy();
        release();
        if (options.folder === undefined) rmSync(folder, { recursive: true, force: true });
    };
    try {
        if (data !== undefined) file = await toCsvFile(data, folder);
        const first = await open();
        const server = await startServer({
            ...{ host, port, region, log, faults, reset },
            ...(options.logCall && { logCall: options.logCall }),
            get emulator() {
                return emulator ?? first;
            },
        });
        return {
            url: `http://${host}:${portOf(server)}`,
            get ready() {
                return ready;
            },
            fault: (fault) => faults.arm(readFault(fault, first.operations)),
            reset: async () => void (await reset()),
            async close() {
                server.close();
                server.closeAllConnections();
                await end();
            },
        };
    } catch (error) {
        await end();
        if ((error as NodeJS.ErrnoException).code !== "EADDRINUSE") throw error;
        throw new Error(`Port ${port} of ${host} is in use: choose another with --port.`);
    }
}
