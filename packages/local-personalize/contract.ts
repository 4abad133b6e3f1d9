import type { Clock } from "./clock.ts";
import type { Quotas } from "./control/quotas.ts";
import type { DataLocation } from "./importing/data-location.ts";
import type { Measure } from "./metering/usage-types.ts";

/**
 * How long resources stay in their states: instant (no time), demo (about a second each), samples (no time, except what
 * AWS's own sample notebooks need: for example, the deletion of a dataset group takes as long as in demo), or real (the
 * minutes that AWS typically takes). Only with samples, AutoML and legacy recipes are available, as in older samples.
 */
export type Speed = "instant" | "demo" | "samples" | "real";

/**
 * The form in which answers return texts, for example schemas. `received`: exactly as the emulator received them.
 * `other`: in another form with the same meaning, for example with other white space and another order of the keys
 * (wire/http.ts).
 */
export type Forms = "received" | "other";

/** One access of a job to the caller's bucket, which the gateway allows or denies. */
export interface ImportRequest extends DataLocation {
    roleArn: string | undefined;
    /** ARN of the job, which the service sends as `aws:SourceArn`. */
    sourceArn: string;
    sourceAccount: string;
    region: string;
}

/** Whether the job may read or write. If not, the access check that failed, and the reason. */
export type ImportJudgement = { allowed: true } | { allowed: false; step: string; reason: string };

/** Access to the caller's S3, which the host of the emulator provides: the gateway, or the program's own server. */
export interface ImportAccess {
    /**
     * Decides whether a job may read: the service must be able to assume the role, the role must be allowed to list and
     * get, and the bucket policy must allow the service principal the same.
     */
    judge(request: ImportRequest): Promise<ImportJudgement>;
    /** Decides whether a job may write one object: the role and the bucket policy must allow the put. */
    judgeWrite(request: ImportRequest): Promise<ImportJudgement>;
    /** Returns all keys of the bucket that start with `prefix`, at any depth. Throws if the bucket does not exist. */
    list(bucket: string, prefix: string): Promise<{ key: string; size: number }[]>;
    /** Returns the bytes of one object. Throws if it does not exist. */
    read(bucket: string, key: string): Promise<AsyncIterable<Uint8Array>>;
    /** Creates or replaces one object. Throws if the bucket does not exist. */
    write(bucket: string, key: string, text: string): Promise<void>;
}

export interface EmulatorOptions {
    /** Folder for SQLite and model artifacts; the emulator creates it if it is missing. */
    dataDir: string;
    speed: Speed;
    accountId: string;
    partition: string;
    /** botocore's data folder; see `requireServiceModelDir`. */
    serviceModelDir: string;
    access: ImportAccess;
    /** Whether to reject requests above a campaign's minProvisionedTPS; absent: answers all requests. */
    throttle?: boolean;
    /** Service quotas that differ from AWS's defaults. */
    quotas?: Partial<Quotas>;
    log(message: string): void;
}

export type ServiceName = "personalize" | "personalize-runtime" | "personalize-events";

export interface EmulatorRequest {
    service: ServiceName;
    /** Name of the operation in the service model, such as `CreateSchema`. */
    operation: string;
    region: string;
    /** The parsed JSON body; `undefined` counts as `{}`. */
    body: unknown;
    /** The fault of this call, if a test requested one. */
    fault?: ServiceFault;
}

/**
 * A fault that a test requests: an error instead of the call, or a created resource that becomes CREATE FAILED or stays
 * CREATE IN_PROGRESS.
 */
export type ServiceFault = { kind: "refuse"; code: string; message: string; status: number } | ResourceFault;

export type ResourceFault = { kind: "fail"; reason: string } | { kind: "hang" };

export interface EmulatorResponse {
    status: number;
    headers: Record<string, string>;
    body: string;
    /** ID of the call in the request log; pass it to `answered`. Absent for a call that is not logged. */
    logged?: number;
}

/** A call of the control plane other than Describe, List and Get. */
export interface LoggedRequest {
    id: number;
    /** Epoch milliseconds. */
    at: number;
    operation: string;
    region: string;
    /** ARN of the resource in the call's answer or input. */
    arn: string | null;
    /** The `name` or `jobName` in the call's input. */
    name: string | null;
    /** Outcome of the call: "accepted", or the error code. */
    outcome: string;
    /** Whether the caller received the answer: 1 if so, otherwise 0. */
    answered: 0 | 1;
}

/** One measure of a resource's usage within one hour. */
export interface UsageRecord {
    readonly region: string;
    readonly measure: Measure;
    /** Usage type in the form of the region's bill, such as EUC1-DataIngestion. */
    readonly usageType: string;
    readonly resourceArn: string;
    readonly tags: Readonly<Record<string, string>>;
    /** Start of the hour, epoch milliseconds. */
    readonly hour: number;
    readonly quantity: number;
    /** The unit of `quantity`. */
    readonly unit: string;
}

export interface Emulator {
    /** Answers one call. It never rejects: an internal error is a 500 `InternalFailure` and a line in the log. */
    handle(request: EmulatorRequest): Promise<EmulatorResponse>;
    /** Sets the form in which answers return texts (see `Forms`). The setting is not stored. */
    setForms(forms: Forms): void;
    /** The operations of all three services, emulated or not. */
    readonly operations: ReadonlySet<string>;
    /** Records in the request log that the caller received the answer. */
    answered(logged: number): void;
    /** Returns the entries of the request log after the entry with this ID. */
    requests(after: number): LoggedRequest[];
    /** The time of the emulator. Signatures and other services use the machine's time. */
    readonly clock: Pick<Clock, "now" | "ahead">;
    /**
     * Moves the clock forward by this many milliseconds. Runs everything that is due by then. If several automatic
     * trainings of a solution are due, it trains once.
     */
    advance(milliseconds: number): void;
    /**
     * Returns the usage that the service would bill, by resource and hour, oldest first. The hours are those that begin
     * in `[from, to)`, epoch milliseconds. Deleted resources are included; running ones are included up to now.
     */
    usage(period: { from: number; to: number }): UsageRecord[];
    /** Counts a call for the service's metrics, with the HTTP status and the milliseconds of its answer. */
    observe(request: EmulatorRequest, status: number, milliseconds: number): void;
    /**
     * Returns and removes the collected values of the service's metrics: each metric at most once in 5 seconds, unless
     * `all` is true.
     */
    takeMetrics(options?: { all?: boolean }): MetricValues[];
    /** Ends the test faults that keep resources in CREATE IN_PROGRESS, and returns the number of these resources. */
    release(): number;
    /** Stops timers and trainings, and closes the database. Running jobs continue when the folder is opened again. */
    close(): Promise<void>;
}

/** Values of one of the service's metrics within a minute, as StatisticValues of PutMetricData. */
export interface MetricValues {
    readonly region: string;
    readonly name: string;
    readonly unit: "Count" | "Milliseconds" | "Seconds" | "Bytes";
    readonly dimensions: Readonly<Record<string, string>>;
    /** Start of the minute, epoch milliseconds. */
    readonly minute: number;
    count: number;
    sum: number;
    minimum: number;
    maximum: number;
}
