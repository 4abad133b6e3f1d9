import type { Clock } from "./clock.ts";
import type { Quotas } from "./control/quotas.ts";
import type { DataLocation } from "./importing/data-location.ts";

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
    /** Gets what AWS would bill or show in CloudWatch; absent: nothing is metered. */
    meter?: Meter;
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

/** A resource in a report to the meter. */
export interface MeteredResource {
    /** ID that is never reused. */
    readonly id: number;
    readonly kind: string;
    readonly region: string;
    readonly arn: string;
    /** Current tags. Those of a solution version include those of its solution. */
    readonly tags: Readonly<Record<string, string>>;
    /** ARNs of the resource and of the resources that it belongs to, for example under `DatasetGroupArn`. */
    readonly arns: Readonly<Record<string, string>>;
}

/** What happened; `milliseconds` are those of the answer or of the job. */
type MeteredEvent =
    | { event: "called"; operation: string; status: number; milliseconds: number; bytes: number }
    | { event: "started" }
    | { event: "failed"; milliseconds: number }
    | { event: "imported"; milliseconds: number; bytes: number }
    | { event: "trained"; milliseconds: number; hours: number; interactions: number; recipeArn: string }
    | { event: "provisioned"; minProvisionedTPS: number; recipeArn: string }
    | { event: "attributed"; metricName: string; source: string; value: number };

/** A report to the meter. `at` is the time of the event, in epoch milliseconds of the emulator's clock. */
export type Metered = { readonly resource: MeteredResource; readonly at: number } & Readonly<MeteredEvent>;

/**
 * Gets what AWS would bill or show in CloudWatch: calls for recommendations and data, imports, trainings, the capacity
 * of campaigns, and attributed events. A capacity applies from `at`, which may be in the future, until the next one; 0
 * after the deletion. It is reported again at the start of the emulator and after each change of a resource. A job that
 * ran again because the process died is reported again, under the same ID.
 */
export type Meter = (metered: Metered) => void;

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
    /** Reports a call to the meter, with the HTTP status and the milliseconds of its answer. */
    observe(request: EmulatorRequest, status: number, milliseconds: number): void;
    /** Ends the test faults that keep resources in CREATE IN_PROGRESS, and returns the number of these resources. */
    release(): number;
    /** Stops timers and trainings, and closes the database. Running jobs continue when the folder is opened again. */
    close(): Promise<void>;
}
