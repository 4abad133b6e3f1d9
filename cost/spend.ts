import { billedTpsHours, type ServedUnits, servingUsd } from "../config/prices.ts";
import { hour, hourOf, monthOf, startOf, window, windowOf } from "./time.ts";

/** Requests of a campaign by the start of the five minutes in which they came; windows without any may be missing. */
export type RequestWindows = ReadonlyMap<number, number>;

/** A time in which a campaign was there, at one minimum. */
export interface Stretch {
    readonly from: number;
    readonly to: number;
    readonly minProvisionedTPS: number;
    /** Whether its recipe is billed by v2's model. */
    readonly v2: boolean;
}

/** What the guard knows of this month's spend. */
export interface SpendState {
    readonly month: string;
    /** Up to here campaigns were looked at. */
    readonly until: number;
    /** Served in time that is reckoned up. */
    readonly settled: ServedUnits;
    /** Time that may cost more, as its requests may not all be known yet; at most `longestOpen` of them. */
    readonly open: readonly Stretch[];
}

/** CloudWatch brings datapoints late, and not quite in order: so long a time stays open behind the newest. */
const late = hour;
/** Stretches that are kept open: an SSM parameter has 4 KB. */
const longestOpen = 6;

/** A month, or the rest of it since the campaign was made, of which nothing is reckoned yet. */
export function freshSpend(now: number, createdAt: number | undefined): SpendState {
    const month = monthOf(now);
    const until = Math.min(now, Math.max(startOf(month), createdAt ?? now));
    return { month, until, settled: { tpsHours: 0, tpsHoursV2: 0 }, open: [] };
}

/**
 * Counts the time since the last run. A run that was missed is made up for by the next one; a clock that is behind the
 * last run adds nothing; a new month (UTC) starts anew.
 *
 * `before` and `present` are the campaign of the last look and of this one, each undefined where there was none. When it
 * changed or went in between is not known; what counts is what costs more, which is the safe side.
 */
export function countTime(
    spend: SpendState,
    now: number,
    before: Omit<Stretch, "from" | "to"> | undefined,
    present: (Omit<Stretch, "from" | "to"> & { readonly createdAt: number }) | undefined,
): SpendState {
    const month = monthOf(Math.max(now, spend.until));
    const begun = month === spend.month ? spend : { ...freshSpend(startOf(month), undefined), open: spend.open };
    const until = Math.max(spend.until, startOf(month));
    const open = begun.open
        .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, startOf(month)) }))
        .filter(({ from, to }) => to > from);
    if (now <= until) {
        return { ...begun, open, until };
    }
    const counted =
        before && present
            ? { ...present, minProvisionedTPS: Math.max(before.minProvisionedTPS, present.minProvisionedTPS) }
            : (before ?? present);
    const from = before === undefined && present !== undefined ? Math.max(until, present.createdAt) : until;
    if (counted !== undefined && from < now) {
        const { minProvisionedTPS, v2 } = counted;
        const last = open.at(-1);
        const goesOn = last?.to === from && last.minProvisionedTPS === minProvisionedTPS && last.v2 === v2;
        open.splice(goesOn ? -1 : open.length, goesOn ? 1 : 0, {
            from: goesOn ? last.from : from,
            to: now,
            minProvisionedTPS,
            v2,
        });
    }
    return { ...begun, open, until: now };
}

/**
 * Reckons up the time of which all requests are known: an hour behind the newest datapoint, for one that came says that
 * those before it are there too. What is not known, undefined for all of it, stays open: a later run that knows it adds
 * what was too little.
 */
export function settle(spend: SpendState, now: number, requests: RequestWindows | undefined): SpendState {
    const newest = requests === undefined ? 0 : Math.max(0, ...requests.keys());
    const known = hourOf(Math.min(newest, now - late));
    // Too many changes without a metric: the oldest counts as it is.
    const overflow = spend.open.at(-longestOpen - 1)?.to ?? 0;
    const to = Math.max(known, hourOf(overflow));
    const closing = spend.open
        .map((stretch) => ({ ...stretch, to: Math.min(stretch.to, to) }))
        .filter((stretch) => stretch.to > stretch.from);
    const add = unitsOf(closing, requests ?? new Map());
    const settled = {
        tpsHours: spend.settled.tpsHours + add.tpsHours,
        tpsHoursV2: spend.settled.tpsHoursV2 + add.tpsHoursV2,
    };
    const open = spend.open
        .map((stretch) => ({ ...stretch, from: Math.max(stretch.from, to) }))
        .filter((stretch) => stretch.to > stretch.from);
    return { ...spend, settled, open };
}

/** This month's spend in US dollars; requests that are not known count as none, so at the minimum. */
export function monthSpendUsd(spend: SpendState, requests: RequestWindows | undefined): number {
    const open = unitsOf(spend.open, requests ?? new Map());
    return servingUsd({
        tpsHours: spend.settled.tpsHours + open.tpsHours,
        tpsHoursV2: spend.settled.tpsHoursV2 + open.tpsHoursV2,
    });
}

/** Requests a second of the last whole window, as far as it is known. */
export function usedTPS(now: number, requests: RequestWindows | undefined): number {
    return (requests?.get(windowOf(now) - window) ?? 0) / (window / 1000);
}

/** Since when requests are asked for, so that what is open can be reckoned. */
export const openSince = (spend: SpendState): number => hourOf(spend.open[0]?.from ?? spend.until);

/**
 * What stretches are billed by: windows of five minutes in which TPS are averages; v2's floor is so many requests an
 * hour, so there an hour counts together.
 */
const lengthOf = ({ v2 }: Stretch) => (v2 ? hour : window);

function unitsOf(stretches: readonly Stretch[], requests: RequestWindows): ServedUnits {
    const sum = { tpsHours: 0, tpsHoursV2: 0 };
    for (const stretch of stretches) {
        const { from, to, minProvisionedTPS, v2 } = stretch;
        const length = lengthOf(stretch);
        const billed = (milliseconds: number, asked: number) =>
            billedTpsHours({ hours: milliseconds / hour, minProvisionedTPS, requests: asked });
        const inside = (start: number) => overlap(stretch, start, length);
        // A window in which the campaign changed is shared out by time.
        const lived = (start: number) => stretches.reduce((all, one) => all + overlap(one, start, length), 0);
        const busy = [...grouped(requests, length)].filter(([start, asked]) => asked > 0 && inside(start) > 0);
        const quiet = busy.reduce((left, [start]) => left - inside(start), to - from);
        sum[v2 ? "tpsHoursV2" : "tpsHours"] += busy.reduce(
            (total, [start, asked]) => total + billed(inside(start), (asked * inside(start)) / lived(start)),
            billed(quiet, 0),
        );
    }
    return sum;
}

function grouped(requests: RequestWindows, length: number): RequestWindows {
    if (length === window) {
        return requests;
    }
    const groups = new Map<number, number>();
    for (const [start, asked] of requests) {
        const group = start - (start % length);
        groups.set(group, (groups.get(group) ?? 0) + asked);
    }
    return groups;
}

const overlap = ({ from, to }: Stretch, start: number, length: number) =>
    Math.max(0, Math.min(to, start + length) - Math.max(from, start));
