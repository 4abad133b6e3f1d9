import { enforceLimit } from "./enforce-limit.ts";
import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, hourlyUsd, remembered, without } from "./guard-state.ts";
import { idle } from "./idle.ts";
import type { Observations } from "./observations.ts";
import { countServing, lastHourUsd, type ServingObservations, servingUsdPerHour } from "./serving-spend.ts";
import { cents, countTime, monthSpendUsd, openSince, settle } from "./spend.ts";
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
    const { campaign: observed, requests, serving, parked } = observations;
    const campaign =
        observed === undefined ? previousState.campaign : observed.found && remembered(observed.found, config.recipe);
    const spend = countTime(previousState.spend, now, previousState.campaign, campaign, parked?.flag?.since);
    const served = serving && countServing(previousState.serving, now, serving);
    const jobs = serving?.jobs ?? previousState.jobs;
    const jobsUsd = jobs?.month === toMonth(now) ? jobs.usd : 0;
    const usd = monthSpendUsd(spend, requests) + (served?.usd ?? 0) + jobsUsd;
    const counted: GuardState = {
        ...without(previousState, "campaign"),
        spend: settle(spend, now, requests),
        ...(campaign && { campaign }),
        ...(served && { serving: served.spend }),
        ...(jobs && { jobs }),
    };
    const steps = [
        (state: GuardState) => endParking(state),
        (state: GuardState) => enforceLimit(state, now, config, usd, parked?.flag),
        (state: GuardState) => (serving ? closeAtShare(state, now, config, serving) : state),
        (state: GuardState) => idle(state, now, config, observations),
        (state: GuardState) => unused(state, now, config, observations),
    ];
    const stepped = steps.reduce((so, step) => step(so), counted);
    const state = observed === undefined ? { ...stepped, spend: previousState.spend } : stepped;
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

/** Share of the monthly limit that requests may cost in one hour before the guard closes the API and the page. */
export const closingShare = 0.05;

/**
 * Closes the API and the page when requests cost more in an hour than a share of the monthly limit. After `resume`, only
 * later requests count, so the guard closes both again if such requests continue. If the stage's throttle is unreadable,
 * the guard's state decides whether they are closed.
 */
function closeAtShare(
    state: GuardState,
    now: number,
    { monthlyLimitUsd: limit }: GuardConfig,
    { usage, closed }: Pick<ServingObservations, "usage" | "closed">,
): GuardState {
    if (usage === undefined) return state;
    const isClosed = closed ?? (state.closed !== undefined && state.closed.openedAt === undefined);
    const currentState = followFlag(state, now, isClosed);
    if (isClosed || currentState.closing !== undefined) return currentState;
    const usd = lastHourUsd(usage, now, currentState.closed?.openedAt);
    if (usd < closingShare * limit) return currentState;
    const facts = { usd: cents(usd), limit };
    const notified = addNotification(currentState, now, "api-closed", facts, { month: state.spend.month });
    const reason = `cost guard: requests cost $${cents(usd)} in an hour, limit $${limit} a month`;
    return { ...(notified ?? currentState), closing: { reason, at: now }, closed: { at: now } };
}

/** Records in the guard's state the time when an operator opened the API. */
function followFlag(state: GuardState, now: number, isClosed: boolean): GuardState {
    const { closed, closing } = state;
    if (isClosed || closing !== undefined || closed === undefined || closed.openedAt !== undefined) return state;
    return { ...state, closed: { ...closed, openedAt: now } };
}
