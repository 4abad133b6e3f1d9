import { isDeepStrictEqual } from "node:util";
import { inUse, invalidInput } from "../errors.ts";
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
import { isUnderWayIn, type Update, updatePhase, updateSummary } from "./updates.ts";

export interface SolutionProperties extends SolutionConfiguration {
    /** The last UpdateSolution: it counts once its own clock says ACTIVE. */
    update?: Update & { changes: SolutionChanges };
    /** Since when the schedule of automatic training counts, where that is not the solution's beginning; epoch milliseconds. */
    scheduledSince?: number;
    /** When automatic training was last due, whether it trained then or not; epoch milliseconds. */
    lastDueAt?: number;
}

export type Solution = Resource<SolutionProperties>;

/** How a solution trains now, and since when its schedule counts: a finished update included. */
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

/** The state of the last update; undefined when there was none. */
export function updateOf(call: Call, solution: Solution): Phase | undefined {
    const { update } = solution.properties;
    return update && updatePhase(call, solution.kind, update);
}

/** `latestSolutionUpdate`, as Describe shows it. */
export function latestUpdateOf(call: Call, solution: Solution) {
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
        throw invalidInput(`The solution ${solution.arn} is configured like that already: there is nothing to update.`);
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
