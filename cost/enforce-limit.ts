import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState } from "./guard-state.ts";
import { cents } from "./spend.ts";
import { stamp } from "./time.ts";

/**
 * Thresholds of the budget's notifications, in percent of the limit: actual spend, and AWS's forecast for the month.
 */
export const budgetThresholds = [
    { type: "ACTUAL", percent: 50 },
    { type: "ACTUAL", percent: 80 },
    { type: "ACTUAL", percent: 100 },
    { type: "FORECASTED", percent: 100 },
] as const;

/** Share of the limit that triggers the first notification. */
export const nearLimit = 0.8;

/**
 * Parks the campaign when the month's spend reaches the limit, once per month and limit. If an operator resumes it in
 * the same month, the guard leaves it running and notifies once. The guard enforces a changed limit again.
 */
export function enforceLimit(state: GuardState, now: number, config: GuardConfig, usd: number): GuardState {
    const { month } = state.spend;
    const limit = config.monthlyLimitUsd;
    const facts = { usd: cents(usd), limit };
    if (usd < limit) {
        return usd >= nearLimit * limit
            ? (addNotification(state, { kind: "limit-near", month, about: `${limit}`, at: now, facts }) ?? state)
            : state;
    }
    const standing = state.campaign?.leaving ? undefined : state.campaign;
    if (state.enforced?.month !== month || state.enforced.limitUsd !== limit) {
        if (standing === undefined) {
            return state;
        }
        const reason = `cost guard: $${cents(usd)} this month, limit $${limit}`;
        const enforced = { ...state, enforced: { month, limitUsd: limit, at: now }, parking: { reason, at: now } };
        return reached(enforced) ?? enforced;
    }
    const notified = reached(state) ?? state;
    if (standing === undefined || standing.createdAt <= state.enforced.at) {
        return notified;
    }
    const about = stamp(standing.createdAt);
    return addNotification(notified, { kind: "limit-overridden", month, about, at: now, facts }) ?? notified;

    function reached(by: GuardState): GuardState | undefined {
        return addNotification(by, { kind: "limit-reached", month, about: `${limit}`, at: now, facts });
    }
}
