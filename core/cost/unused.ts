import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, maxSolutions, type SolutionState } from "./guard-state.ts";
import { isLeaving, type Observations, type ObservedSolution } from "./observations.ts";
import { day, stamp } from "./time.ts";

/** Milliseconds between the notification about an unused solution and its earliest deletion. */
const warningMs = day;

/**
 * Reports the stack's solutions that had no campaign for some days, and reports again when the list changes. If
 * configured, deletes them one day after the notification. The solution of a parked campaign counts as used.
 */
export function unused(state: GuardState, now: number, config: GuardConfig, observations: Observations): GuardState {
    if (observations.solutions === undefined || observations.parked === undefined) return state;
    const parked = observations.parked.flag?.solution;
    const isUsed = ({ arn, hasCampaign }: ObservedSolution) => hasCampaign || arn === parked;
    const deletes = config.unusedAction === "delete";
    const looked = observations.solutions
        .filter((solution) => !isLeaving(solution))
        .map((solution) => ({ ...solution, name: solutionName(solution.arn) }))
        .sort((a, b) => (a.name < b.name ? -1 : 1))
        .slice(0, maxSolutions)
        .map((solution) => {
            const before = withoutDeletion(state.solutions[solution.name], deletes);
            const used = isUsed(solution) ? now : before.used;
            const since = Math.max(solution.changedAt, used ?? 0);
            const isUnused = !isUsed(solution) && !solution.kept && now - since >= config.unusedDays * day;
            const after: SolutionState = isUnused ? before : used === undefined ? {} : { used };
            return { name: solution.name, before, after, isUnused };
        });
    const idleOnes = looked.filter(({ isUnused }) => isUnused);
    const changed =
        idleOnes.some(({ after }) => after.listed === undefined || (deletes && after.deleteFrom === undefined)) ||
        looked.some(({ before, isUnused }) => before.listed !== undefined && !isUnused);
    const kept = { ...state, solutions: entries(looked.map(({ name, after }) => [name, after])) };
    return changed && idleOnes.length > 0
        ? (list(kept, now, config, idleOnes) ?? state)
        : idleOnes.reduce((so, { name }) => decideDeletion(so, now, name), kept);
}

type Named = { readonly name: string };

/** Maximum number of names in a notification: an SSM parameter has 4 KB. */
const maxNames = 5;

function list(state: GuardState, now: number, config: GuardConfig, idleOnes: readonly Named[]): GuardState | undefined {
    const deleteFrom = now + warningMs;
    const deletes = config.unusedAction === "delete";
    const names = idleOnes.slice(0, maxNames).map(({ name }) => name);
    const more = idleOnes.length - names.length;
    const facts = { names, more, days: config.unusedDays, ...(deletes && { deleteFrom }) };
    const notified = addNotification(state, now, "unused", facts);
    const listed = idleOnes.map(({ name }): [string, SolutionState] => {
        const before = state.solutions[name];
        const from = before?.deleteFrom ?? deleteFrom;
        return [name, { ...before, listed: before?.listed ?? now, ...(deletes && { deleteFrom: from }) }];
    });
    return notified && { ...notified, solutions: { ...notified.solutions, ...entries(listed) } };
}

function decideDeletion(state: GuardState, now: number, name: string): GuardState {
    const { listed, deleteFrom, deleting } = state.solutions[name] ?? {};
    if (listed === undefined || deleteFrom === undefined || now < deleteFrom || deleting !== undefined) return state;
    const about = `${name}-${stamp(listed)}`;
    const notified = addNotification(state, now, "unused-deleted", { name, since: listed }, { about });
    return notified === undefined
        ? state
        : { ...notified, solutions: { ...notified.solutions, [name]: { ...notified.solutions[name], deleting: now } } };
}

/** Removes the pending deletion of a solution, unless the guard still deletes unused solutions. */
function withoutDeletion(solution: SolutionState = {}, deletes: boolean): SolutionState {
    const { deleteFrom, deleting, ...others } = solution;
    return deletes ? solution : others;
}

const solutionName = (arn: string) => arn.split("/").at(-1) ?? arn;
/** Converts entries to an object, without empty entries. */
const entries = (all: readonly (readonly [string, SolutionState])[]): Record<string, SolutionState> =>
    Object.fromEntries(all.filter(([, solution]) => Object.keys(solution).length > 0));
