import { closeAtShare } from "./close-at-share.ts";
import { countCampaign, hourlyUsd } from "./count.ts";
import { enforceLimit } from "./enforce-limit.ts";
import type { GuardConfig } from "./guard-config.ts";
import { type GuardState, without } from "./guard-state.ts";
import { idle } from "./idle.ts";
import type { Observations } from "./observations.ts";
import { countServing, servingUsdPerHour } from "./serving-spend.ts";
import { openSince } from "./spend.ts";
import { day, hour, toMonth, windowStart } from "./time.ts";
import { unused } from "./unused.ts";

/** Values that the cost guard publishes as CloudWatch metrics; undefined if unknown. */
export interface Gauges {
    readonly monthSpendUsd: number;
    readonly hourlyUsd: number | undefined;
    readonly idleHours: number | undefined;
}

/** Longest period to read, in milliseconds: CloudWatch keeps datapoints of five minutes for 63 days. */
const longestHistoryMs = 62 * day;

/** Returns the start of the period for which the guard needs the campaign's requests. */
export function requestsSince(state: GuardState, now: number): number {
    const needed = Math.min(openSince(state.spend), ...[windowStart(state.lastUse ?? now), windowStart(now)]);
    return Math.max(needed, windowStart(now - longestHistoryMs));
}

/**
 * Decides what a run of the cost guard does: calculates the new state from the stored state and the observations. The
 * new state contains all pending work (`parking`, `probe`, `solutions`, `unsent`). A failed observation leaves its part
 * of the state unchanged. The cost of a campaign that could not be observed counts at the last known rate, and the next
 * run counts this period again.
 */
export function decide(
    previousState: GuardState,
    now: number,
    config: GuardConfig,
    observations: Observations,
): { readonly state: GuardState; readonly gauges: Gauges } {
    const parkedAt = observations.parked?.flag?.since;
    const main = countCampaign(previousState, now, config.recipe, observations, parkedAt);
    const { serving } = observations;
    const requests = serving && countServing(previousState.serving, now, serving);
    const jobs = serving?.jobs ?? previousState.jobs;
    const jobsUsd = jobs?.month === toMonth(now) ? jobs.usd : 0;
    const usd = main.usd + (requests?.usd ?? 0) + jobsUsd;
    const counted: GuardState = {
        ...without(previousState, "campaign"),
        ...main.counted,
        ...(requests && { serving: requests.spend }),
        ...(jobs && { jobs }),
    };
    const steps = [
        (state: GuardState) => endParking(state),
        (state: GuardState) => enforceLimit(state, now, config, usd, observations.parked?.flag),
        (state: GuardState) => (serving ? closeAtShare(state, now, config, serving) : state),
        (state: GuardState) => idle(state, now, config, observations),
        (state: GuardState) => unused(state, now, config, observations),
    ];
    const stepped = steps.reduce((so, step) => step(so), counted);
    const state = main.isSeen ? stepped : { ...stepped, spend: previousState.spend };
    return { state, gauges: computeGauges(state, now, config, observations, usd) };
}

/** Ends pending parking when the campaign is being deleted, or when it was created after the decision to park. */
function endParking(state: GuardState): GuardState {
    const { parking, campaign } = state;
    return parking && (campaign === undefined || campaign.leaving || campaign.createdAt > parking.at)
        ? without(state, "parking")
        : state;
}

function computeGauges(
    state: GuardState,
    now: number,
    config: GuardConfig,
    observations: Observations,
    usd: number,
): Gauges {
    const { campaign, lastUse } = state;
    const isIdleKnown = campaign !== undefined && observations.requests !== undefined && lastUse !== undefined;
    return {
        monthSpendUsd: usd,
        hourlyUsd:
            hourlyUsd(state, config, now, observations.requests) + servingUsdPerHour(observations.serving?.usage, now),
        idleHours: isIdleKnown ? Math.max(0, now - lastUse) / hour : undefined,
    };
}
