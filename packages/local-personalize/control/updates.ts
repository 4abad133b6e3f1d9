import type { Update } from "./properties.ts";
import type { Call } from "./resources.ts";
import { type Kind, type Phase, type Status, updateEnd, updatePhaseAt } from "./states.ts";

/**
 * Returns the state of an update. Its statuses are those of a creation, such as CREATE IN_PROGRESS, and their durations
 * are counted from the start of the update.
 */
export function updatePhase({ options, now }: Call, kind: Kind, { createdAt, failure }: Update): Phase {
    const phase = updatePhaseAt(kind, createdAt, options.speed, now);
    return phase.status === "ACTIVE" && failure !== undefined ? { ...phase, status: "CREATE FAILED" } : phase;
}

/** Returns when an update ends; epoch milliseconds. */
export const endOf = ({ options }: Call, kind: Kind, { createdAt }: Update) =>
    updateEnd(kind, createdAt, options.speed);

/** Checks whether a creation or update with this status is running. */
export const isUnderWayIn = (status: Status) => status === "CREATE PENDING" || status === "CREATE IN_PROGRESS";

/** Returns an update in the format of the `latest…Update` member of its resource. */
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
