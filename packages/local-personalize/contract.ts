import type { Clock } from "./clock.ts";
import type { MetricValues } from "./metering/service-metrics.ts";
import type { Measure } from "./metering/usage-types.ts";

export type { MetricValues } from "./metering/service-metrics.ts";

/** How long resources stay in their states: none, about a second a resource, or the minutes that AWS typically takes. */
export type Speed = "instant" | "demo" | "real";

/** One access to the caller's bucket that a job is about to make, for the gateway to judge. */
export interface ImportRequest {
    roleArn: string | undefined;
    bucket: string;
    /** The object's key, or the prefix when `isPrefix`. */
    key: string;
    isPrefix: boolean;
    /** The job's ARN: `aws:SourceArn`. */
    sourceArn: string;
    sourceAccount: string;
    region: string;
}

/** Whether the job may read, or write; when not, which of the three steps said no, and why. */
export type ImportJudgement = { allowed: true } | { allowed: false; step: string; reason: string };

/** The caller's S3, as the emulator sees it: given by the gateway. */
export interface ImportAccess {
    /** Role may be assumed by the service; role may list and get; the service principal may, by bucket policy. */
    judge(request: ImportRequest): Promise<ImportJudgement>;
    /** The same for one object that is to be written: role and bucket policy must allow to put it. */
    judgeWrite(request: ImportRequest): Promise<ImportJudgement>;
    /** All keys of the bucket that start with `prefix`, at any depth. Throws when the bucket does not exist. */
    list(bucket: string, prefix: string): Promise<{ key: string; size: number }[]>;
    /** The bytes of one object. Throws when it does not exist. */
    read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
    /** Makes or replaces one object. Throws when the bucket does not exist. */
    write(bucket: string, key: string, text: string): Promise<void>;
}

export interface EmulatorOptions {
    /** SQLite and model artefacts live here; it is created when absent. */
    dataDir: string;
    speed: Speed;
    accountId: string;
    partition: string;
    /** botocore's data folder; see `serviceModelDirOf`. */
    serviceModelDir: string;
    access: ImportAccess;
    log(message: string): void;
}

export type ServiceName = "personalize" | "personalize-runtime" | "personalize-events";

export interface EmulatorRequest {
    service: ServiceName;
    /** As the service model names it, e.g. `CreateSchema`. */
    operation: string;
    region: string;
    /** The parsed JSON body; `undefined` is taken as `{}`. */
    body: unknown;
    /** What is to go wrong with this call, where somebody asked for that. */
    fault?: ServiceFault;
}

/** A refusal in place of the call; or that what the call makes ends CREATE FAILED, or stays CREATE IN_PROGRESS. */
export type ServiceFault = { kind: "refuse"; code: string; message: string; status: number } | ResourceFault;

export type ResourceFault = { kind: "fail"; reason: string } | { kind: "hang" };

export interface EmulatorResponse {
    status: number;
    headers: Record<string, string>;
    body: string;
    /** The call's id in the request log, for `answered`. Absent for a call that is not logged. */
    logged?: number;
}

/** A call of the control plane that was no Describe, List or Get. */
export interface LoggedRequest {
    id: number;
    /** Epoch milliseconds. */
    at: number;
    operation: string;
    region: string;
    /** The resource that the call created or named. */
    arn: string | null;
    /** The `name` or `jobName` that the caller gave. */
    name: string | null;
    /** "accepted", or the code of the error. */
    outcome: string;
    /** 1 once the answer was written out to the caller. */
    answered: 0 | 1;
}

/** What a resource used within an hour. */
export interface UsageRecord {
    readonly region: string;
    readonly measure: Measure;
    /** The measure as a bill of the region has it, such as EUC1-DataIngestion. */
    readonly usageType: string;
    readonly resourceArn: string;
    readonly tags: Readonly<Record<string, string>>;
    /** Epoch milliseconds at which the hour begins. */
    readonly hour: number;
    readonly quantity: number;
    /** What one of the quantity is. */
    readonly unit: string;
}

export interface Emulator {
    /** Answers one call. It never rejects: what goes wrong inside is a 500 `InternalFailure` and a line in the log. */
    handle(request: EmulatorRequest): Promise<EmulatorResponse>;
    /** The operations of all three services, emulated or not. */
    readonly operations: ReadonlySet<string>;
    /** Notes in the request log that an answer was written out to its caller. */
    answered(logged: number): void;
    /** The request log after the entry with this id. */
    requests(after: number): LoggedRequest[];
    /** The time by which everything here goes, which signatures and other services do not know. */
    readonly clock: Pick<Clock, "now" | "ahead">;
    /** Moves the clock on, as if so many milliseconds had passed: what is due by then happens, a missed training once. */
    advance(milliseconds: number): void;
    /**
     * What the service would bill, by resource and hour, oldest first: the hours that begin in `[from, to)`, epoch
     * milliseconds. Resources that are gone are in it, and those that run are up to now.
     */
    usage(period: { from: number; to: number }): UsageRecord[];
    /** Counts a call that was answered with this HTTP status after so many milliseconds, for the service's metrics. */
    observe(request: EmulatorRequest, status: number, milliseconds: number): void;
    /** Takes what the service's metrics have gained; of each one once in some seconds, or `all` of it. */
    takeMetrics(options?: { all?: boolean }): MetricValues[];
    /** Lets the resources that hang go on, and returns how many they were. */
    release(): number;
    /** Stops timers and training, and closes the database. Jobs in progress go on when the folder is opened again. */
    close(): Promise<void>;
}
