import { isDeepStrictEqual } from "node:util";
import { invalidInput } from "../errors.ts";
import type { Update } from "./properties.ts";
import { type Call, computePhase, type Handler, needActive } from "./resources.ts";
import {
    checkConfiguration,
    resetsSchedule,
    type SolutionChanges,
    type SolutionConfiguration,
    withChanges,
} from "./solution-config.ts";
import type { Resource } from "./store.ts";
import { beginUpdate, updateOf } from "./updates.ts";

export interface SolutionProperties extends SolutionConfiguration {
    /** The last UpdateSolution. It takes effect when the update is ACTIVE. */
    update?: Update & SolutionChanges;
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
export function currentTraining(
    call: Call,
    solution: Solution,
): { configuration: SolutionConfiguration; scheduledSince: number } {
    const { update, scheduledSince, lastDueAt: _, ...before } = solution.properties;
    const since = scheduledSince ?? computePhase(call, solution).since;
    const phase = updateOf(call, solution);
    if (!update || phase?.status !== "ACTIVE") return { configuration: before, scheduledSince: since };
    const configuration = withChanges(before, update);
    return { configuration, scheduledSince: resetsSchedule(before, configuration) ? phase.since : since };
}

/** Begins an update of a solution's configuration. */
export const updateSolution: Handler = (call, input: SolutionChanges & { solutionArn: string }) => {
    const { solutionArn, ...changes } = input;
    const solution = needActive<SolutionProperties>(call, "solution", solutionArn);
    const update = beginUpdate(call, solution, changes);
    const { configuration, scheduledSince } = currentTraining(call, solution);
    const after = withChanges(configuration, changes);
    checkConfiguration(after);
    if (isDeepStrictEqual(after, configuration)) {
        throw invalidInput(`The solution ${solution.arn} already has this configuration: there is nothing to update.`);
    }
    const { lastDueAt } = solution.properties;
    const properties: SolutionProperties = {
        ...configuration,
        scheduledSince,
        ...(lastDueAt !== undefined && { lastDueAt }),
        update,
    };
    call.store.save({ ...solution, properties });
    return { solutionArn: solution.arn };
};
