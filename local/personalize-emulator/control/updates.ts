import type { Call } from "./resources.ts";
import { type Kind, type Phase, phaseAt, type Status } from "./states.ts";

/** What every update of a resource has beside what it changes. */
export interface Update {
    /** Epoch milliseconds. */
    createdAt: number;
    /** Why it is going to fail, where somebody wants it to. */
    failure?: string;
}

/** The state of an update: it goes through the states of a creation, by a clock of its own. */
export function updatePhase(call: Call, kind: Kind, { createdAt, failure }: Update): Phase {
    const idle = { finishedAt: null, stoppedAt: null, heldUntil: null, deletedAt: null };
    return phaseAt({ kind, createdAt, failure: failure ?? null, ...idle }, call.options.speed, call.now);
}

export const isUnderWayIn = (status: Status) => status === "CREATE PENDING" || status === "CREATE IN_PROGRESS";

/** An update as its resource's `latest…Update` shows it. */
export function updateSummary<Changes extends object>(update: Update & Changes, { status, since }: Phase) {
    const { createdAt, failure, ...changes } = update;
    return {
        ...changes,
        status,
        creationDateTime: createdAt / 1000,
        lastUpdatedDateTime: since / 1000,
        ...(status === "CREATE FAILED" && failure !== undefined && { failureReason: failure }),
    };
}
