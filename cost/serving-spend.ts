import { hour, monthOf, startOf, window, windowOf } from "./time.ts";
import { plus, type Usage, usageUsd } from "./usage.ts";

/** Use of all services in front of the campaign, by the start of each five-minute window. */
export type UsageWindows = ReadonlyMap<number, Partial<Usage>>;

/** What the guard observed about API and page. An undefined part failed to load. */
export interface ServingObservations {
    /** Use from the moment that `servingSince` returns. */
    readonly usage: UsageWindows | undefined;
    /** Whether all metrics answered. If not, the use is a lower bound. */
    readonly isComplete: boolean;
    /** Spend of batch inference jobs; undefined for a stack without them, or if the read failed. */
    readonly jobs?: JobsSpend | undefined;
    /** The closed flag. */
    readonly closed: { readonly flag: boolean } | undefined;
}

/** Spend of batch inference jobs in a month, at the upper end of the prices. */
export interface JobsSpend {
    readonly month: string;
    /** US dollars. */
    readonly usd: number;
}

/** Spend by API and page in a month. */
export interface ServingSpend {
    readonly month: string;
    /** Start of the first window that may still change. */
    readonly until: number;
    /** US dollars until `until`. */
    readonly usd: number;
    /** The last known spend, including the open windows, for a run without metrics. */
    readonly knownUsd: number;
}

/** Milliseconds for which windows stay open, because CloudWatch's datapoints arrive late and out of order. */
const late = hour;

const begun = (known: ServingSpend | undefined, now: number): ServingSpend => {
    const month = monthOf(now);
    return known?.month === month ? known : { month, until: startOf(month), usd: 0, knownUsd: 0 };
};

/**
 * Returns the start of the period of which the guard needs the use: at least the last hour, even if it began in the
 * last month.
 */
export const servingSince = (known: ServingSpend | undefined, now: number): number =>
    Math.min(begun(known, now).until, windowOf(now - hour));

/**
 * Counts the spend by API and page in this month. Unknown use changes nothing. Incomplete use counts for this run, and
 * its windows stay open until a run has all metrics.
 */
export function countServing(
    known: ServingSpend | undefined,
    now: number,
    { usage, isComplete }: Pick<ServingObservations, "usage" | "isComplete">,
): { readonly spend: ServingSpend; readonly usd: number } {
    const before = begun(known, now);
    if (usage === undefined) return { spend: before, usd: before.knownUsd };
    const within = (from: number, to: number) => usdBetween(usage, from, to);
    if (!isComplete) {
        const usd = Math.max(before.knownUsd, before.usd + within(before.until, Number.POSITIVE_INFINITY));
        return { spend: { ...before, knownUsd: usd }, usd };
    }
    const settled = Math.max(before.until, windowOf(now - late));
    const usd = before.usd + within(before.until, settled);
    const knownUsd = usd + within(settled, Number.POSITIVE_INFINITY);
    return { spend: { ...before, until: settled, usd, knownUsd }, usd: knownUsd };
}

/** Returns the cost in US dollars of the windows that start in this period. */
const usdBetween = (usage: UsageWindows, from: number, to: number): number =>
    usageUsd(plus(...[...usage].filter(([start]) => start >= from && start < to).map(([, used]) => used)));

/** Returns the cost in US dollars of the last hour, without the time before `since`. */
export const lastHourUsd = (usage: UsageWindows, now: number, since = 0): number =>
    usdBetween(usage, Math.max(since, windowOf(now - hour)), now);

/** Returns US dollars per hour in the last whole window; 0 if unknown. */
export const servingUsdPerHour = (usage: UsageWindows | undefined, now: number): number =>
    usage === undefined ? 0 : (usageUsd(plus(usage.get(windowOf(now) - window) ?? {})) * hour) / window;
