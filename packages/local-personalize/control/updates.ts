import type { Call } from "./resources.ts";
import { type Kind, type Phase, type Status, updateEnd, updatePhaseAt } from "./states.ts";

/** What every update of a resource has beside what it changes. */
export interface Update {
    /** Epoch milliseconds. */
    createdAt: number;
    /** Why it is going to fail, where somebody wants it to. */
    failure?: string;
}

/** The state of an update: it goes through the states of a creation, by a clock of its own. */
export function updatePhase({ options, now }: Call, kind: Kind, { createdAt, failure }: Update): Phase {
    const phase = updatePhaseAt(kind, createdAt, options.speed, now);
    return phase.status === "ACTIVE" && failure !== undefined ? { ...phase, status: "CREATE FAILED" } : phase;
}

/** When an update ends by its clock; epoch milliseconds. */
export const endOf = ({ options }: Call, kind: Kind, { createdAt }: Update) =>
    updateEnd(kind, createdAt, options.speed);

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
