import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState } from "./guard-state.ts";
import { lastHourUsd, type ServingObservations } from "./serving-spend.ts";
import { cents } from "./spend.ts";
import { stamp } from "./time.ts";

/** Share of the monthly limit that requests may cost in one hour before the guard closes the API and the page. */
export const closingShare = 0.05;

/**
 * Closes the API and the page when requests cost more in an hour than a share of the monthly limit. After `resume`, only
 * later requests count, so the guard closes both again if such requests continue. If the stage's throttle is unreadable,
 * the guard's state decides whether they are closed.
 */
export function closeAtShare(
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
    const { month } = state.spend;
    const facts = { usd: cents(usd), limit };
    const notified = addNotification(currentState, { kind: "api-closed", month, about: stamp(now), at: now, facts });
    const reason = `cost guard: requests cost $${cents(usd)} in an hour, limit $${limit} a month`;
    return { ...(notified ?? currentState), closing: { reason, at: now }, closed: { at: now } };
}

/** Records in the guard's state the time when an operator opened the API. */
function followFlag(state: GuardState, now: number, isClosed: boolean): GuardState {
    const { closed, closing } = state;
    if (isClosed || closing !== undefined || closed === undefined || closed.openedAt !== undefined) return state;
    return { ...state, closed: { ...closed, openedAt: now } };
}
