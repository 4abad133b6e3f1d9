import type { Speed } from "../contract.ts";

export type Kind = keyof typeof realCreation;

/** The fields that determine a resource's status. All times are epoch milliseconds. */
export interface Life {
    kind: Kind;
    createdAt: number;
    /** Time when the work of a job, solution version or recommender ended, with success or failure. */
    finishedAt: number | null;
    /** The failure reason of the work, in the service's words. */
    failure: string | null;
    /** Time of the StopSolutionVersionCreation call. */
    stoppedAt: number | null;
    /** End of the test fault that keeps the resource in CREATE IN_PROGRESS; Infinity until the test ends the fault. */
    heldUntil: number | null;
    /** Start of the running dataset update. During the update, the dataset's own status shows it. */
    updatedAt: number | null;
    deletedAt: number | null;
}

/** A change of a resource, which is first PENDING and then IN_PROGRESS. */
type Change = "CREATE" | "UPDATE" | "STOP" | "START" | "DELETE";
type LastingStatus = "ACTIVE" | "INACTIVE" | "CREATE FAILED" | "CREATE STOPPING" | "CREATE STOPPED" | "GONE";
export type Status = `${Change} ${"PENDING" | "IN_PROGRESS"}` | LastingStatus;

/** All speeds of the emulator, the fastest first. */
export const speeds: readonly Speed[] = ["instant", "samples", "demo", "real"];

/** A status, and the time since which the resource has it. */
export interface Phase {
    status: Status;
    since: number;
}

interface Durations {
    pending: number;
    inProgress: number;
}

const second = 1000;
const minute = 60 * second;
const none: Durations = { pending: 0, inProgress: 0 };
const demo: Durations = { pending: 300, inProgress: 700 };
/** Long enough for the first DescribeDatasetGroup after a deletion, even on a busy machine. */
const seen: Durations = { pending: second, inProgress: 4 * second };

/**
 * Durations that were observed on small data in real accounts. AWS's notebooks show that a new
 * solution is ACTIVE immediately.
 */
const realCreation = {
    schema: none,
    "dataset-group": { pending: 5 * second, inProgress: 25 * second },
    dataset: { pending: 5 * second, inProgress: 25 * second },
    "dataset-import-job": { pending: 30 * second, inProgress: 4.5 * minute },
    "event-tracker": { pending: 5 * second, inProgress: 25 * second },
    solution: none,
    "solution-version": { pending: minute, inProgress: 29 * minute },
    campaign: { pending: 30 * second, inProgress: 8.5 * minute },
    filter: { pending: 5 * second, inProgress: 55 * second },
    "batch-inference-job": { pending: minute, inProgress: 14 * minute },
    "batch-segment-job": { pending: minute, inProgress: 7 * minute },
    "dataset-export-job": { pending: 30 * second, inProgress: 4.5 * minute },
    "data-deletion-job": { pending: minute, inProgress: 119 * minute },
    "metric-attribution": { pending: 5 * second, inProgress: 25 * second },
    recommender: { pending: minute, inProgress: 59 * minute },
} satisfies Record<string, Durations>;

const realUpdate: Partial<Record<Kind, Durations>> = {
    dataset: { pending: 10 * second, inProgress: 110 * second },
    solution: { pending: 5 * second, inProgress: 10 * second },
};

const realDeletion: Partial<Record<Kind, Durations>> = {
    campaign: { pending: minute, inProgress: 16 * minute },
    recommender: { pending: minute, inProgress: 16 * minute },
};

/** Returns the durations of a speed; those of AWS are in `real`. */
function durationsAt(speed: Speed, real: Durations): Durations {
    if (real === none || speed === "instant" || speed === "samples") return none;
    return speed === "demo" ? demo : real;
}

/** Returns the milliseconds for which a new resource is pending, and then in progress. */
export const creationDurations = (kind: Kind, speed: Speed) => durationsAt(speed, realCreation[kind]);

function deletionDurations(kind: Kind, speed: Speed): Durations {
    if (kind === "schema") return none;
    // AWS's samples expect DELETE PENDING of a deleted dataset group, and do not wait for the deletion of other
    // resources.
    if (speed === "samples" && kind === "dataset-group") return seen;
    return durationsAt(speed, realDeletion[kind] ?? { pending: 5 * second, inProgress: 25 * second });
}

/** Checks whether a resource of this kind needs work before it is ACTIVE, such as an import. */
export const hasWork = (kind: Kind) => kind.endsWith("-job") || kind === "solution-version" || kind === "recommender";
/** Resource kinds that become ACTIVE only when their work is done. */
export const kindsWithWork = (Object.keys(realCreation) as Kind[]).filter(hasWork);

/** Returns the state of a resource at `now`, from the durations of the speed and the result of its work. */
export function phaseAt(life: Life, speed: Speed, now: number): Phase {
    if (life.deletedAt !== null) return deletionPhase(life.kind, life.deletedAt, speed, now);
    if (life.stoppedAt !== null) return stopPhase(life, life.stoppedAt, speed, now);
    if (life.updatedAt !== null) return updatePhaseAt(life.kind, life.updatedAt, speed, now, "UPDATE");
    const started = life.createdAt + creationDurations(life.kind, speed).pending;
    if (now < started) return { status: "CREATE PENDING", since: life.createdAt };
    const working = hasWork(life.kind) && life.finishedAt === null;
    const end = creationEnd(life, speed);
    if (working || now < end) return { status: "CREATE IN_PROGRESS", since: started };
    return { status: life.failure === null ? "ACTIVE" : "CREATE FAILED", since: end };
}

/**
 * Returns when a creation ends, in epoch milliseconds: when its duration, its work, and the test fault that keeps it in
 * CREATE IN_PROGRESS (if any) have all ended. If the work is not finished yet, its end is unknown, and the result
 * ignores it.
 */
export function creationEnd(life: Pick<Life, "kind" | "createdAt" | "finishedAt" | "heldUntil">, speed: Speed): number {
    const { pending, inProgress } = creationDurations(life.kind, speed);
    return Math.max(life.createdAt + pending + inProgress, life.finishedAt ?? 0, life.heldUntil ?? 0);
}

const updateDurations = (kind: Kind, speed: Speed) => durationsAt(speed, realUpdate[kind] ?? realCreation[kind]);

/** Returns when an update that began at `createdAt` ends; epoch milliseconds. */
export function updateEnd(kind: Kind, createdAt: number, speed: Speed): number {
    const { pending, inProgress } = updateDurations(kind, speed);
    return createdAt + pending + inProgress;
}

/**
 * Returns the state of a successful update. By default, its statuses are those of a creation, such as CREATE
 * IN_PROGRESS, and then ACTIVE.
 */
export const updatePhaseAt = (
    kind: Kind,
    createdAt: number,
    speed: Speed,
    now: number,
    change: Change = "CREATE",
    last: LastingStatus = "ACTIVE",
): Phase => stepAt(createdAt, updateDurations(kind, speed), now, change, last);

const deletionPhase = (kind: Kind, deletedAt: number, speed: Speed, now: number): Phase =>
    stepAt(deletedAt, deletionDurations(kind, speed), now, "DELETE", "GONE");

/** Returns the state at `now` of a change that began at `began`; `last` is its status after the change. */
function stepAt(began: number, durations: Durations, now: number, change: Change, last: LastingStatus): Phase {
    const started = began + durations.pending;
    if (now < started) return { status: `${change} PENDING`, since: began };
    const end = started + durations.inProgress;
    return now < end ? { status: `${change} IN_PROGRESS`, since: started } : { status: last, since: end };
}

// A pending version stops immediately; a version in progress is CREATE STOPPING first.
function stopPhase(life: Life, stoppedAt: number, speed: Speed, now: number): Phase {
    const { pending } = creationDurations(life.kind, speed);
    const stopped = stoppedAt < life.createdAt + pending ? stoppedAt : stoppedAt + pending;
    return now < stopped
        ? { status: "CREATE STOPPING", since: stoppedAt }
        : { status: "CREATE STOPPED", since: stopped };
}
