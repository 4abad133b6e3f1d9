import type { Clock } from "./clock.ts";
import type { Measure } from "./metering/usage-types.ts";

/** How long resources stay in their states: no time, about a second each, or the minutes that AWS typically takes. */
export type Speed = "instant" | "demo" | "real";

/** The spelling of texts in answers: as received, or another valid one. */
export type Forms = "received" | "other";

/** One access of a job to the caller's bucket, for the gateway to judge. */
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

/** Whether the job may read, or write; if not, the step that refused, and the reason. */
export type ImportJudgement = { allowed: true } | { allowed: false; step: string; reason: string };

/** The caller's S3. The host of the emulator provides it: the gateway, or the program's own server. */
export interface ImportAccess {
    /**
     * The service may assume the role; the role may list and get. The bucket policy allows the service principal the
     * same.
     */
    judge(request: ImportRequest): Promise<ImportJudgement>;
    /** Whether one object may be written: role and bucket policy must allow to put it. */
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
    /** Refuses requests above a campaign's minProvisionedTPS; absent: answers all. */
    throttle?: boolean;
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
    /** The fault of this call, where a test asked for one. */
    fault?: ServiceFault;
}

/** An error in place of the call; or the created resource ends CREATE FAILED, or stays CREATE IN_PROGRESS. */
export type ServiceFault = { kind: "refuse"; code: string; message: string; status: number } | ResourceFault;

export type ResourceFault = { kind: "fail"; reason: string } | { kind: "hang" };

export interface EmulatorResponse {
    status: number;
    headers: Record<string, string>;
    body: string;
    /** The call's id in the request log, for `answered`. Absent for a call that is not logged. */
    logged?: number;
}

/** A call of the control plane other than Describe, List and Get. */
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
    /** 1 after the answer was written to the caller. */
    answered: 0 | 1;
}

/** Usage of a resource within an hour. */
export interface UsageRecord {
    readonly region: string;
    readonly measure: Measure;
    /** The measure in the form of the region's bill, such as EUC1-DataIngestion. */
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
    /**
     * Answers the texts of wire/http.ts in their other form from now on, or as they were received. It ends with
     * the process.
     */
    setForms(forms: Forms): void;
    /** The operations of all three services, emulated or not. */
    readonly operations: ReadonlySet<string>;
    /** Records in the request log that an answer was written to its caller. */
    answered(logged: number): void;
    /** The request log after the entry with this id. */
    requests(after: number): LoggedRequest[];
    /** The time of the emulator. Signatures and other services use the machine's time. */
    readonly clock: Pick<Clock, "now" | "ahead">;
    /** Moves the clock by this many milliseconds. Everything due by then happens; a missed training happens once. */
    advance(milliseconds: number): void;
    /**
     * The usage that the service would bill, by resource and hour, oldest first. The hours are those that begin in
     * `[from, to)`, epoch milliseconds. Deleted resources are included; running ones are included up to now.
     */
    usage(period: { from: number; to: number }): UsageRecord[];
    /**
     * Counts a call that was answered with this HTTP status after this many milliseconds, for the service's metrics.
     */
    observe(request: EmulatorRequest, status: number, milliseconds: number): void;
    /** Takes the new values of the service's metrics: each metric once in some seconds, or `all` of them at once. */
    takeMetrics(options?: { all?: boolean }): MetricValues[];
    /** Lets hanging resources continue, and returns their number. */
    release(): number;
    /**
     * Stops timers and training, and closes the database. Jobs in progress continue when the folder is opened again.
     */
    close(): Promise<void>;
}

/** Values of one of the service's metrics within a minute, in the form of PutMetricData's StatisticValues. */
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
