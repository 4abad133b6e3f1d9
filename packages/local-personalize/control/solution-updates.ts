import { isDeepStrictEqual } from "node:util";
import { inUse, invalidInput } from "../errors.ts";
import type { Update } from "./properties.ts";
import { type Call, failureOf, type Handler, needActive, phaseOf } from "./resources.ts";
import {
    checkConfiguration,
    resetsSchedule,
    type SolutionChanges,
    type SolutionConfiguration,
    withChanges,
} from "./solution-config.ts";
import type { Phase } from "./states.ts";
import type { Resource } from "./store.ts";
import { isUnderWayIn, updatePhase, updateSummary } from "./updates.ts";

export interface SolutionProperties extends SolutionConfiguration {
    /** The last UpdateSolution. It takes effect when the update is ACTIVE. */
    update?: Update & { changes: SolutionChanges };
    /**
     * Start of the automatic training schedule in epoch milliseconds; absent if the schedule starts with the solution's
     * creation.
     */
    scheduledSince?: number;
    /** Time when automatic training was last due, whether it trained or not; epoch milliseconds. */
    lastDueAt?: number;
}

export type Solution = Resource<SolutionProperties>;

/**
 * Returns a solution's current training configuration and the start of its training schedule, with the changes of a
 * finished update.
 */
export function currentOf(
    call: Call,
    solution: Solution,
): { configuration: SolutionConfiguration; scheduledSince: number } {
    const { update, scheduledSince, lastDueAt: _, ...before } = solution.properties;
    const since = scheduledSince ?? phaseOf(call, solution).since;
    const phase = updateOf(call, solution);
    if (!update || phase?.status !== "ACTIVE") return { configuration: before, scheduledSince: since };
    const configuration = withChanges(before, update.changes);
    return { configuration, scheduledSince: resetsSchedule(before, configuration) ? phase.since : since };
}

/** Returns the state of the last update; undefined if there was none. */
export function updateOf(call: Call, solution: Solution): Phase | undefined {
    const { update } = solution.properties;
    return update && updatePhase(call, solution.kind, update);
}

/** Returns `latestSolutionUpdate` in the form of DescribeSolution. */
export function latestUpdateOf(call: Call, solution: Solution): object | undefined {
    const { update } = solution.properties;
    const phase = updateOf(call, solution);
    if (!update || !phase) return undefined;
    const { changes, ...times } = update;
    return updateSummary({ ...changes, ...times }, phase);
}

const updateSolution: Handler = (call, input: SolutionChanges & { solutionArn: string }) => {
    const { solutionArn, ...changes } = input;
    const solution = needActive<SolutionProperties>(call, "solution", solutionArn);
    if (isUnderWayIn(updateOf(call, solution)?.status ?? "ACTIVE")) {
        throw inUse(`The solution ${solution.arn} is being updated. Wait until latestSolutionUpdate has ended.`);
    }
    const { configuration, scheduledSince } = currentOf(call, solution);
    const after = withChanges(configuration, changes);
    checkConfiguration(after);
    if (isDeepStrictEqual(after, configuration)) {
        throw invalidInput(`The solution ${solution.arn} already has this configuration: there is nothing to update.`);
    }
    const failure = failureOf(call);
    const { lastDueAt } = solution.properties;
    const properties: SolutionProperties = {
        ...configuration,
        scheduledSince,
        ...(lastDueAt !== undefined && { lastDueAt }),
        update: { createdAt: call.now, changes, ...(failure !== null && { failure }) },
    };
    call.store.save({ ...solution, properties });
    return { solutionArn: solution.arn };
};

export const solutionUpdateHandlers: Record<string, Handler> = { UpdateSolution: updateSolution };
