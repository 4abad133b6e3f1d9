import { allRequests, campaignsOf, countCampaign, countRanking, hourlyUsd } from "./count.ts";
import { enforceLimit } from "./enforce-limit.ts";
import type { GuardConfig } from "./guard-config.ts";
import { type GuardState, without } from "./guard-state.ts";
import { idle } from "./idle.ts";
import type { Observations } from "./observations.ts";
import { openSince } from "./spend.ts";
import { day, hour, windowOf } from "./time.ts";
import { unused } from "./unused.ts";

/** What the guard publishes; undefined where it is not known. */
export interface Gauges {
    readonly monthSpendUsd: number;
    readonly hourlyUsd: number | undefined;
    readonly idleHours: number | undefined;
}

/** CloudWatch keeps datapoints of five minutes for 63 days. */
const longestHistoryMs = 62 * day;

/** Since when the guard needs to know the requests. */
export function requestsSince(state: GuardState, now: number): number {
    const counted = [state, ...(state.ranking ? [state.ranking] : [])];
    const needed = Math.min(
        ...counted.map(({ spend }) => openSince(spend)),
        ...[windowOf(state.lastUse ?? now), windowOf(now)],
    );
    return Math.max(needed, windowOf(now - longestHistoryMs));
}

/**
 * One run of the guard: from what it knew and what it sees to what it knows now, in which all that is to be done stands
 * (`parking`, `probe`, `solutions`, `notices`). A part of the world that it could not see leaves that part as it was: a
 * campaign that could not be looked at counts as before for the brake, and its time is counted again by the next run.
 */
export function decide(
    known: GuardState,
    now: number,
    config: GuardConfig,
    observations: Observations,
): { readonly state: GuardState; readonly gauges: Gauges } {
    const main = countCampaign(known, now, config.recipe, observations);
    const ranking = countRanking(known.ranking, now, observations.ranking);
    const usd = main.usd + (ranking?.usd ?? 0);
    const counted: GuardState = {
        ...without(known, "campaign", "ranking"),
        ...main.counted,
        ...(ranking && { ranking: ranking.counted }),
    };
    const steps = [
        (state: GuardState) => endParking(state),
        (state: GuardState) => enforceLimit(state, now, config, usd),
        (state: GuardState) => idle(state, now, config, observations),
        (state: GuardState) => unused(state, now, config, observations),
    ];
    const stepped = steps.reduce((so, step) => step(so), counted);
    const state = main.isSeen ? stepped : { ...stepped, spend: known.spend };
    return { state, gauges: gaugesOf(state, now, config, observations, usd) };
}

/** Parking is over when all campaigns are on their way out, or when somebody made another one since. */
function endParking(state: GuardState): GuardState {
    const { parking } = state;
    const campaigns = campaignsOf(state);
    return parking &&
        (campaigns.every(({ leaving }) => leaving) || campaigns.some(({ createdAt }) => createdAt > parking.at))
        ? without(state, "parking")
        : state;
}

function gaugesOf(
    state: GuardState,
    now: number,
    config: GuardConfig,
    observations: Observations,
    usd: number,
): Gauges {
    const { campaign, lastUse } = state;
    const isIdleKnown = campaign !== undefined && allRequests(observations) !== undefined && lastUse !== undefined;
    return {
        monthSpendUsd: usd,
        hourlyUsd: hourlyUsd(state, config, now, observations),
        idleHours: isIdleKnown ? Math.max(0, now - lastUse) / hour : undefined,
    };
}
