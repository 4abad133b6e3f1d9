import { billedTpsHours, type ServedUnits, servingUsd } from "../config/prices.ts";
import { hour, hourStart, parseMonthStart, toMonth, window, windowStart } from "./time.ts";

/** Requests of a campaign, by the start of each five-minute window. Windows without requests may be missing. */
export type RequestWindows = ReadonlyMap<number, number>;

/** A period in which the campaign's minimum TPS did not change. */
export interface Stretch {
    readonly from: number;
    readonly to: number;
    readonly minProvisionedTPS: number;
    /** Whether AWS bills the campaign by the rules for v2 recipes (`isV2`). */
    readonly v2: boolean;
}

/** This month's spend, as the guard counted it. */
export interface SpendState {
    readonly month: string;
    /** The end of the period that the guard has counted. */
    readonly until: number;
    /** The campaign's usage in the time for which all requests are known. */
    readonly settled: ServedUnits;
    /**
     * Periods whose usage may be higher than known, because some of their requests may not be known yet. At most
     * `longestOpen` periods.
     */
    readonly open: readonly Stretch[];
}

/**
 * Milliseconds before now in which some requests may not be known yet, because CloudWatch's datapoints arrive late and
 * out of order.
 */
const late = hour;
/** Milliseconds for which a parked campaign may still be billed: its deletion takes up to half an hour. */
const deletion = hour / 2;
/** Maximum number of periods whose requests may not be known yet, because an SSM parameter has 4 KB. */
const longestOpen = 6;

/** Returns the empty spend of a month: from the month's start, or from the campaign's creation if that is later. */
export function freshSpend(now: number, createdAt: number | undefined): SpendState {
    const month = toMonth(now);
    const until = Math.min(now, Math.max(parseMonthStart(month), createdAt ?? now));
    return { month, until, settled: { tpsHours: 0, tpsHoursV2: 0 }, open: [] };
}

/**
 * Counts the time since the last run as a period in which the campaign was billed. After a missed run, the next one
 * counts the whole time. If the clock is behind the last run, nothing is added. A new month (UTC) starts from zero.
 *
 * `before` is the campaign at the last observation, and `present` the campaign at this observation; undefined if there
 * was none. The time of a change between them is unknown, so the more expensive campaign counts. A deleted campaign
 * counts until now, or at most for half an hour after `parkedAt`, the time at which the campaign was parked.
 *
 * A campaign that is created and deleted between two observations is not counted; the uncounted time is at most one
 * interval. With runs every 15 minutes, this cannot happen on AWS, because the creation and the deletion of a campaign
 * take about 8 and 18 minutes. It can happen in an emulator, where they take seconds.
 */
export function countTime(
    spend: SpendState,
    now: number,
    before: Omit<Stretch, "from" | "to"> | undefined,
    present: (Omit<Stretch, "from" | "to"> & { readonly createdAt: number }) | undefined,
    parkedAt = now,
): SpendState {
    const month = toMonth(Math.max(now, spend.until));
    const begun =
        month === spend.month ? spend : { ...freshSpend(parseMonthStart(month), undefined), open: spend.open };
    const until = Math.max(spend.until, parseMonthStart(month));
    const open = cut(begun.open, { from: parseMonthStart(month) });
    if (now <= until) return { ...begun, open, until };
    const counted =
        before && present
            ? { ...present, minProvisionedTPS: Math.max(before.minProvisionedTPS, present.minProvisionedTPS) }
            : (before ?? present);
    const from = before === undefined && present !== undefined ? Math.max(until, present.createdAt) : until;
    const deletedAt = parkedAt + deletion;
    const to = present === undefined && deletedAt < now ? Math.max(until, deletedAt) : now;
    if (counted !== undefined && from < to) {
        const { minProvisionedTPS, v2 } = counted;
        const last = open.at(-1);
        const goesOn = last?.to === from && last.minProvisionedTPS === minProvisionedTPS && last.v2 === v2;
        open.splice(goesOn ? -1 : open.length, goesOn ? 1 : 0, {
            from: goesOn ? last.from : from,
            to,
            minProvisionedTPS,
            v2,
        });
    }
    return { ...begun, open, until: now };
}

/**
 * Adds the periods for which all requests are known to `settled`. The newest datapoint proves that the earlier ones
 * have arrived, but the last hour is never settled. The other periods stay in `open` (all of them if `requests` is
 * undefined), so that a later run can count them again.
 */
export function settle(spend: SpendState, now: number, requests: RequestWindows | undefined): SpendState {
    const newest = requests === undefined ? 0 : Math.max(0, ...requests.keys());
    const knownUntil = hourStart(Math.min(newest, now - late));
    // If the metric that counts requests is missing for too many periods, calculate the cost of the oldest period
    // without this metric.
    const overflow = spend.open.at(-longestOpen - 1)?.to ?? 0;
    const to = Math.max(knownUntil, hourStart(overflow));
    const settled = computeUnits(spend.settled, cut(spend.open, { to }), requests);
    return { ...spend, settled, open: cut(spend.open, { from: to }) };
}

/** Returns the parts of the periods between two times. */
const cut = (stretches: readonly Stretch[], { from = 0, to = Number.POSITIVE_INFINITY }) =>
    stretches
        .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, from), to: Math.min(stretch.to, to) }))
        .filter((stretch) => stretch.to > stretch.from);

/** Rounds US dollars to cents. */
export const cents = (usd: number): number => Math.round(usd * 100) / 100;

/** Returns this month's spend in US dollars. Unknown requests count as zero, so the minimum TPS applies. */
export function monthSpendUsd(spend: SpendState, requests: RequestWindows | undefined): number {
    return servingUsd(computeUnits(spend.settled, spend.open, requests));
}

/** Returns the requests per second in the last complete window; 0 if they are unknown. */
export function usedTPS(now: number, requests: RequestWindows | undefined): number {
    return (requests?.get(windowStart(now) - window) ?? 0) / (window / 1000);
}

/**
 * Returns the start of the time for which the guard needs the number of requests: the start of the oldest period in
 * `open`.
 */
export const openSince = (spend: SpendState): number => hourStart(spend.open[0]?.from ?? spend.until);

/**
 * Returns the length of the billed window: five minutes, because TPS are averages of five minutes. For v2 recipes, the
 * minimum is a number of requests per hour, so the window is one hour.
 */
const lengthOf = ({ v2 }: Stretch) => (v2 ? hour : window);

/** Adds the usage of some periods to the usage `before` them. */
function computeUnits(
    before: ServedUnits,
    stretches: readonly Stretch[],
    requests: RequestWindows = new Map(),
): ServedUnits {
    const sum = { ...before };
    for (const stretch of stretches) {
        const { from, to, minProvisionedTPS, v2 } = stretch;
        const length = lengthOf(stretch);
        const billed = (milliseconds: number, requestCount: number) =>
            billedTpsHours({ hours: milliseconds / hour, minProvisionedTPS, requests: requestCount });
        const inside = (start: number) => overlap(stretch, start, length);
        // If the campaign changed during a window, divide the window's requests in proportion to the time before and
        // after the change.
        const lived = (start: number) => stretches.reduce((all, one) => all + overlap(one, start, length), 0);
        const busy = [...grouped(requests, length)].filter(
            ([start, requestCount]) => requestCount > 0 && inside(start) > 0,
        );
        const quiet = busy.reduce((left, [start]) => left - inside(start), to - from);
        sum[v2 ? "tpsHoursV2" : "tpsHours"] += busy.reduce(
            (total, [start, requestCount]) =>
                total + billed(inside(start), (requestCount * inside(start)) / lived(start)),
            billed(quiet, 0),
        );
    }
    return sum;
}

function grouped(requests: RequestWindows, length: number): RequestWindows {
    return length === window
        ? requests
        : sumWindows([...requests].map(([start, requestCount]) => [start - (start % length), requestCount]));
}

/** Adds the requests of equal windows. */
export function sumWindows(counts: Iterable<readonly [start: number, count: number]>): RequestWindows {
    const sums = new Map<number, number>();
    for (const [start, count] of counts) sums.set(start, (sums.get(start) ?? 0) + count);
    return sums;
}

const overlap = ({ from, to }: Stretch, start: number, length: number) =>
    Math.max(0, Math.min(to, start + length) - Math.max(from, start));
