import type { ListedVersion } from "../../core/operations/solution-versions.ts";
import type { ViewerWithEvents } from "./ports.ts";
import type { BatchState, Phase } from "./state.ts";

/** What a run of the batch function reads in addition to its stored state. */
export interface Observed {
    /** Epoch milliseconds. */
    readonly now: number;
    /**
     * The solution version that the stack requests. It is the version at which an operator holds the stack (the state
     * flag `hold`), otherwise the version of the newest `pulumi up`.
     */
    readonly request: string;
    /** Whether an operator holds the stack at the requested version. The batch function then ignores newer versions. */
    readonly held: boolean;
    /** Number of the set of batch inference lists (generation) that the API serves; undefined before the first one. */
    readonly served: number | undefined;
    /** Days between two batch inference jobs. */
    readonly everyDays: number;
}

export type Step = "wait" | "begin" | "abandon" | "expire" | "accept" | Phase;

/**
 * Returns the next step of the batch function. Abandons a generation that is not live yet if the stack now requests
 * another version: after a rollback, viewers must not get lists of the version before.
 */
export function nextStep(state: BatchState, { now, request, served, everyDays }: Observed): Step {
    const { making, live, failure, leaving } = state;
    // The run that switched the API to this generation of lists ended before it stored its state, so switch again.
    if (making !== undefined && making.generation === served) return "switch";
    if (making !== undefined) return making.request === request ? making.phase : "abandon";
    if (leaving.length > 0) return "expire";
    if (failure !== undefined && failure.request === request && now < failure.retryAt) return "wait";
    if (live === undefined) return "begin";
    if (request !== live.request) return request === live.solutionVersionArn ? "accept" : "begin";
    return now < live.madeAt + everyDays * 86_400_000 ? "wait" : "begin";
}

/** Checks whether the lists of the requested version are live, and no work is left except expiring older lists. */
export function isSettled(state: BatchState, observed: Observed): boolean {
    const step = nextStep(state, observed);
    return state.live !== undefined && state.making === undefined && (step === "wait" || step === "expire");
}

/** The versions among which `chooseVersion` chooses, and the quality gate. */
export interface VersionChoice {
    /** Versions of the solution, oldest first. */
    readonly versions: readonly ListedVersion[];
    readonly request: string;
    /** Whether an operator holds the stack at the requested version. The batch function then ignores newer versions. */
    readonly held: boolean;
    /**
     * The live generation: the solution version that made its lists, and the version that the stack requested at that
     * time. The two differ if Personalize trained the first one automatically.
     */
    readonly live: { readonly solutionVersionArn: string; readonly request: string } | undefined;
    /** Returns the reasons for which the quality gate rejects a version; empty if the version passes. */
    readonly refusals: (fresh: string, live: string) => Promise<readonly string[]>;
}

/**
 * Returns the version for the next job. A version that `pulumi up` or an operator requested since the live generation
 * began is chosen without the quality gate. Otherwise, the newest ACTIVE version that Personalize trained automatically
 * is chosen if it passes the quality gate. If none passes, the live version is chosen again.
 */
export async function chooseVersion({ versions, request, held, live, refusals }: VersionChoice): Promise<string> {
    if (held || live === undefined || live.request !== request) return request;
    const at = versions.findIndex(({ solutionVersionArn }) => solutionVersionArn === live.solutionVersionArn);
    const newer = versions.slice(at + 1).filter(({ status }) => status === "ACTIVE");
    for (const { solutionVersionArn } of newer.toReversed()) {
        if ((await refusals(solutionVersionArn, live.solutionVersionArn)).length === 0) return solutionVersionArn;
    }
    return live.solutionVersionArn;
}

/**
 * An unproven viewer is not in the data, and has sent events without a token or the API key. Every job may have this
 * number of unproven viewers. A larger job may have one unproven viewer for ten others.
 */
const fewestStrangers = 100;

/**
 * Returns the viewers of a job in the order of their IDs: viewers who are active in the data, and viewers who sent
 * events. Anybody can send events for invented viewers, and AWS bills each viewer of a job. So, of the viewers who are
 * not in the data and sent no token or API key, only those with the newest events get a list.
 *
 * @param active active viewers of the data whom the version knows
 * @param dataViewers all viewers of the data
 */
export function viewersOfJob(
    active: readonly string[],
    dataViewers: ReadonlySet<string>,
    withEvents: readonly ViewerWithEvents[],
): string[] {
    const isProven = ({ userId, proven }: ViewerWithEvents) => proven || dataViewers.has(userId);
    const sure = new Set([...active, ...withEvents.filter(isProven).map(({ userId }) => userId)]);
    const strangers = withEvents
        .filter((viewer) => !isProven(viewer))
        .toSorted((one, other) => other.at - one.at)
        .slice(0, Math.max(fewestStrangers, Math.ceil(sure.size / 10)));
    return [...sure, ...strangers.map(({ userId }) => userId)].sort();
}

/** The columns of the interactions that this file reads, in the format of the type `Columns` in data-prep. */
interface Interactions {
    readonly users: Int32Array;
    readonly timestamps: Uint32Array;
    readonly userIds: readonly string[];
}

/**
 * Returns the active users of the interactions: users with an interaction in the last `activeDays` days of the data.
 * The days are counted back from the newest interaction. If they were counted back from today, old data such as
 * MovieLens would have no active users.
 */
export function activeUsers({ users, timestamps, userIds }: Interactions, activeDays: number): string[] {
    const newest = timestamps.reduce((latest, time) => Math.max(latest, time), 0);
    const since = newest - activeDays * 86_400;
    const active = new Uint8Array(userIds.length);
    users.forEach((user, row) => {
        if ((timestamps[row] ?? 0) >= since) active[user] = 1;
    });
    return userIds.filter((_, user) => active[user] === 1);
}
