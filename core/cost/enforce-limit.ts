import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState } from "./guard-state.ts";
import type { ObservedParking } from "./observations.ts";
import { cents } from "./spend.ts";
import { parseMonthStart, stamp } from "./time.ts";

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
 * the same month, the guard leaves it running and notifies once. The guard enforces a changed limit again. `parked` is
 * the parked flag: a run that could neither store its state nor notify leaves only this flag, and a later run notifies.
 */
export function enforceLimit(
    before: GuardState,
    now: number,
    { monthlyLimitUsd: limit }: GuardConfig,
    usd: number,
    parked: ObservedParking | undefined,
): GuardState {
    const { month } = before.spend;
    const facts = { usd: cents(usd), limit };
    // Whether the guard parked the campaign in this month, because the spend reached this limit.
    const isOfLimit = parked?.cause.by === "limit" && parked.cause.limitUsd === limit;
    const byFlag = isOfLimit && parked.since >= parseMonthStart(month) ? parked : undefined;
    const state = byFlag ? reached(before) : before;
    if (usd < limit) {
        return usd >= nearLimit * limit
            ? (addNotification(state, now, "limit-near", facts, { month, about: `${limit}` }) ?? state)
            : state;
    }
    const standing = state.campaign?.leaving ? undefined : state.campaign;
    if (state.enforced?.month !== month || state.enforced.limitUsd !== limit) {
        if (standing === undefined) {
            return byFlag ? { ...state, enforced: { month, limitUsd: limit, at: Math.min(byFlag.since, now) } } : state;
        }
        const reason = `cost guard: $${cents(usd)} this month, limit $${limit}`;
        const parking = { reason, cause: { by: "limit", limitUsd: limit }, at: now } as const;
        return reached({ ...state, enforced: { month, limitUsd: limit, at: now }, parking });
    }
    const notified = reached(state);
    if (standing === undefined || standing.createdAt <= state.enforced.at) return notified;
    const about = stamp(standing.createdAt);
    return addNotification(notified, now, "limit-overridden", facts, { month, about }) ?? notified;

    function reached(by: GuardState): GuardState {
        return addNotification(by, now, "limit-reached", { limit }, { month, about: `${limit}` }) ?? by;
    }
}
