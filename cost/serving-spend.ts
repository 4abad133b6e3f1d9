import type { GuardConfig } from "./guard-config.ts";
import { addNotification, type GuardState, without } from "./guard-state.ts";
import { closingShare, noticeShare, requestsShare } from "./serving-shares.ts";
import { cents } from "./spend.ts";
import { hour, monthOf, stamp, startOf, window, windowOf } from "./time.ts";
import { plus, type Usage, usageUsd } from "./usage.ts";

/** Use of everything in front of the campaign, by the start of its window of five minutes. */
export type UsageWindows = ReadonlyMap<number, Partial<Usage>>;

/** The guard's observations of API and page. An undefined part failed to load. */
export interface ServingObservations {
    /** From the moment that `servingSince` returns. */
    readonly usage: UsageWindows | undefined;
    /** The closed flag. */
    readonly closed: { readonly flag: boolean } | undefined;
}

/** Spend of a month by API and page. */
export interface ServingSpend {
    readonly month: string;
    /** Start of the first window that may still change. */
    readonly until: number;
    /** US dollars up to then. */
    readonly usd: number;
    /** The last known spend with the open windows, for a run without metrics. */
    readonly knownUsd: number;
}

/** CloudWatch's datapoints arrive late and out of order, so the windows of the last hour stay open. */
const late = hour;

const begun = (known: ServingSpend | undefined, now: number): ServingSpend => {
    const month = monthOf(now);
    return known?.month === month ? known : { month, until: startOf(month), usd: 0, knownUsd: 0 };
};

/** The moment from which the guard needs the use: at least the last hour, even before the month. */
export const servingSince = (known: ServingSpend | undefined, now: number): number =>
    Math.min(begun(known, now).until, windowOf(now - hour));

/** Counts the spend of API and page in this month. Unknown use changes nothing. */
export function countServing(
    known: ServingSpend | undefined,
    now: number,
    usage: UsageWindows | undefined,
): { readonly spend: ServingSpend; readonly usd: number } {
    const before = begun(known, now);
    if (usage === undefined) return { spend: before, usd: before.knownUsd };
    const settled = Math.max(before.until, windowOf(now - late));
    const within = (from: number, to: number) => usdBetween(usage, from, to);
    const usd = before.usd + within(before.until, settled);
    const knownUsd = usd + within(settled, Number.POSITIVE_INFINITY);
    return { spend: { ...before, until: settled, usd, knownUsd }, usd: knownUsd };
}

/** US dollars of the windows that start in this period. */
const usdBetween = (usage: UsageWindows, from: number, to: number): number =>
    usageUsd(plus(...[...usage].filter(([start]) => start >= from && start < to).map(([, used]) => used)));

/** US dollars of the last hour, or since a moment if that is later. */
export const lastHourUsd = (usage: UsageWindows, now: number, since = 0): number =>
    usdBetween(usage, Math.max(since, windowOf(now - hour)), now);

/** US dollars an hour in the last whole window; 0 if unknown. */
export const servingUsdPerHour = (usage: UsageWindows | undefined, now: number): number =>
    usage === undefined ? 0 : (usageUsd(plus(usage.get(windowOf(now) - window) ?? {})) * hour) / window;

/**
 * Closes API and page when requests cost more in an hour than a share of the monthly limit. It also closes them when the
 * month reaches the limit by requests, once per month and limit. After `resume` it counts from then on, so a continued
 * attack closes them again.
 */
export function closeIfAttacked(
    state: GuardState,
    now: number,
    config: GuardConfig,
    { usage, closed }: ServingObservations,
    usd: { readonly month: number; readonly serving: number },
): GuardState {
    if (usage === undefined || closed === undefined) return state;
    const limit = config.monthlyLimitUsd;
    const { month } = state.spend;
    const known = followFlag(state, now, closed.flag);
    if (closed.flag || known.closing !== undefined) return known;
    const spent = lastHourUsd(usage, now, known.closed?.openedAt);
    const byLimit =
        usd.month >= limit &&
        usd.serving >= requestsShare * limit &&
        (known.closed?.month !== month || known.closed.limitUsd !== limit);
    const facts = { usd: cents(spent), limit, month: cents(usd.month) };
    if (spent >= closingShare * limit || byLimit) {
        const notified = addNotification(known, { kind: "api-closed", month, about: stamp(now), at: now, facts });
        const reason =
            spent >= closingShare * limit
                ? `cost guard: requests cost $${cents(spent)} in an hour, limit $${limit} a month`
                : `cost guard: $${cents(usd.month)} this month, limit $${limit}, most of it by requests`;
        const before = byLimit ? { month, limitUsd: limit } : limitOf(known);
        return { ...(notified ?? known), closing: { reason, at: now }, closed: { ...before, at: now } };
    }
    return spent >= noticeShare * limit
        ? (addNotification(known, { kind: "traffic-high", month, about: stamp(now).slice(0, 8), at: now, facts }) ??
              known)
        : known;
}

const limitOf = ({ closed }: GuardState) =>
    closed?.month === undefined ? {} : { month: closed.month, limitUsd: closed.limitUsd ?? 0 };

/** Ends pending work when the flag is there, and notes when it was removed. */
function followFlag(state: GuardState, now: number, isClosed: boolean): GuardState {
    const { closed, closing } = state;
    if (isClosed || closing !== undefined || closed === undefined || closed.openedAt !== undefined) return state;
    return { ...state, closed: { ...closed, openedAt: now } };
}

/** The state after the closing was done. */
export const closingDone = (state: GuardState): GuardState => without(state, "closing");
