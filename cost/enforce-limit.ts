import { campaignsOf } from "./count.ts";
import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState } from "./guard-state.ts";
import { stamp } from "./time.ts";

/** Share of the limit at which it is said that it comes near. */
export const nearLimit = 0.8;

/**
 * Stops the campaigns when the month has cost what it may: once for a month and a limit. Who resumes it in that month is
 * let have his way, and told; another limit arms it again.
 */
export function enforceLimit(state: GuardState, now: number, config: GuardConfig, usd: number): GuardState {
    const { month } = state.spend;
    const limit = config.monthlyLimitUsd;
    const campaigns = campaignsOf(state);
    const facts = { usd: cents(usd), limit, ...(campaigns.length > 1 && { campaigns: campaigns.length }) };
    if (usd < limit) {
        return usd >= nearLimit * limit
            ? (addNotification(state, { kind: "limit-near", month, about: `${limit}`, at: now, facts }) ?? state)
            : state;
    }
    const standing = campaigns
        .filter(({ leaving }) => !leaving)
        .toSorted((one, other) => other.createdAt - one.createdAt)[0];
    if (state.brake?.month !== month || state.brake.limitUsd !== limit) {
        if (standing === undefined) {
            return state;
        }
        const reason = `cost guard: $${cents(usd)} this month, and the limit is $${limit}`;
        const enforced = { ...state, brake: { month, limitUsd: limit, at: now }, parking: { reason, at: now } };
        return reached(enforced) ?? enforced;
    }
    const notified = reached(state) ?? state;
    if (standing === undefined || standing.createdAt <= state.brake.at) {
        return notified;
    }
    const about = stamp(standing.createdAt);
    return addNotification(notified, { kind: "limit-overridden", month, about, at: now, facts }) ?? notified;

    function reached(by: GuardState): GuardState | undefined {
        return addNotification(by, { kind: "limit-reached", month, about: `${limit}`, at: now, facts });
    }
}

const cents = (usd: number) => Math.round(usd * 100) / 100;
