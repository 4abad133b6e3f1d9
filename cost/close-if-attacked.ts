import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, without } from "./guard-state.ts";
import { closingShare, notificationShare, requestsShare } from "./serving-shares.ts";
import { lastHourUsd, type ServingObservations } from "./serving-spend.ts";
import { cents } from "./spend.ts";
import { stamp } from "./time.ts";

/**
 * Closes the API and the page when requests cost more in an hour than a share of the monthly limit. Also closes them
 * when requests have used up the monthly limit, once per month and limit. After `resume`, only later requests count, so
 * a continued attack closes the API and the page again. If the closed flag is unreadable, the guard's state decides
 * whether they are closed.
 */
export function closeIfAttacked(
    state: GuardState,
    now: number,
    config: GuardConfig,
    { usage, closed }: Pick<ServingObservations, "usage" | "closed">,
    usd: { readonly month: number; readonly serving: number },
): GuardState {
    if (usage === undefined) return state;
    const limit = config.monthlyLimitUsd;
    const { month } = state.spend;
    const isClosed = closed?.flag ?? (state.closed !== undefined && state.closed.openedAt === undefined);
    const currentState = followFlag(state, now, isClosed);
    if (isClosed || currentState.closing !== undefined) return currentState;
    const spent = lastHourUsd(usage, now, currentState.closed?.openedAt);
    const byLimit =
        usd.month >= limit &&
        usd.serving >= requestsShare * limit &&
        (currentState.closed?.month !== month || currentState.closed.limitUsd !== limit);
    const facts = { usd: cents(spent), limit, month: cents(usd.month) };
    if (spent >= closingShare * limit || byLimit) {
        const notified = addNotification(currentState, {
            kind: "api-closed",
            month,
            about: stamp(now),
            at: now,
            facts,
        });
        const reason =
            spent >= closingShare * limit
                ? `cost guard: requests cost $${cents(spent)} in an hour, limit $${limit} a month`
                : `cost guard: $${cents(usd.month)} this month, limit $${limit}, most of it by requests`;
        const before = byLimit ? { month, limitUsd: limit } : limitOf(currentState);
        return { ...(notified ?? currentState), closing: { reason, at: now }, closed: { ...before, at: now } };
    }
    return spent >= notificationShare * limit
        ? (addNotification(currentState, {
              kind: "traffic-high",
              month,
              about: stamp(now).slice(0, 8),
              at: now,
              facts,
          }) ?? currentState)
        : currentState;
}

const limitOf = ({ closed }: GuardState) =>
    closed?.month === undefined ? {} : { month: closed.month, limitUsd: closed.limitUsd ?? 0 };

/** Records in the guard's state the time when an operator removed the `closed` flag. */
function followFlag(state: GuardState, now: number, isClosed: boolean): GuardState {
    const { closed, closing } = state;
    if (isClosed || closing !== undefined || closed === undefined || closed.openedAt !== undefined) return state;
    return { ...state, closed: { ...closed, openedAt: now } };
}

/** Returns the state after the API and the page were closed. */
export const closingDone = (state: GuardState): GuardState => without(state, "closing");
