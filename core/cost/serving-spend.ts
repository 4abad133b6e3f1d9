import { hour, parseMonthStart, toMonth, window, windowStart } from "./time.ts";
import { plus, type Usage, usageUsd } from "./usage.ts";

/** Usage of all services in front of the campaign, by the start of each five-minute window. */
export type UsageWindows = ReadonlyMap<number, Partial<Usage>>;

/** What the guard observed about the API and the page. An undefined part failed to load. */
export interface ServingObservations {
    /** Usage since the time that `servingSince` calculates. */
    readonly usage: UsageWindows | undefined;
    /** Whether all metrics could be read. If not, the usage is a lower bound. */
    readonly isComplete: boolean;
    /** Spend of batch inference jobs; undefined for a stack without them, or if the read failed. */
    readonly jobs?: JobsSpend | undefined;
    /** Whether the API and the page are closed; undefined if they cannot be observed. */
    readonly closed: boolean | undefined;
}

/** Spend of batch inference jobs in a month, calculated with the highest price. */
export interface JobsSpend {
    readonly month: string;
    /** US dollars. */
    readonly usd: number;
}

/** What the API and the page cost in a month. */
export interface ServingSpend {
    readonly month: string;
    /** Start of the first five-minute window whose usage may still change. */
    readonly until: number;
    /** Cost of the API and the page in this month before the time `until`, in US dollars. */
    readonly usd: number;
    /**
     * The last known spend, including the windows that may still change. A run that cannot read the metrics uses this
     * value.
     */
    readonly knownUsd: number;
}

/**
 * Milliseconds for which the usage in a window may still change, because CloudWatch's datapoints arrive late and out of
 * order.
 */
const late = hour;

const begun = (previous: ServingSpend | undefined, now: number): ServingSpend => {
    const month = toMonth(now);
    return previous?.month === month ? previous : { month, until: parseMonthStart(month), usd: 0, knownUsd: 0 };
};

/**
 * Returns the start of the period whose usage the guard needs: at least the last hour, even if that hour began in the
 * previous month.
 */
export const servingSince = (previous: ServingSpend | undefined, now: number): number =>
    Math.min(begun(previous, now).until, windowStart(now - hour));

/**
 * Calculates what the API and the page have cost this month. If the usage is unknown, the spend stays the last known
 * one. If some metrics are missing, this run uses what is known, and later runs count the same windows again until all
 * metrics are known.
 */
export function countServing(
    previous: ServingSpend | undefined,
    now: number,
    { usage, isComplete }: Pick<ServingObservations, "usage" | "isComplete">,
): { readonly spend: ServingSpend; readonly usd: number } {
    const before = begun(previous, now);
    if (usage === undefined) return { spend: before, usd: before.knownUsd };
    const within = (from: number, to: number) => usdBetween(usage, from, to);
    if (!isComplete) {
        const usd = Math.max(before.knownUsd, before.usd + within(before.until, Number.POSITIVE_INFINITY));
        return { spend: { ...before, knownUsd: usd }, usd };
    }
    const settled = Math.max(before.until, windowStart(now - late));
    const usd = before.usd + within(before.until, settled);
    const knownUsd = usd + within(settled, Number.POSITIVE_INFINITY);
    return { spend: { ...before, until: settled, usd, knownUsd }, usd: knownUsd };
}

/** Returns the cost in US dollars of the windows that start between `from` and `to`. */
const usdBetween = (usage: UsageWindows, from: number, to: number): number =>
    usageUsd(plus(...[...usage].filter(([start]) => start >= from && start < to).map(([, used]) => used)));

/** Returns the cost in US dollars of the last hour, without the time before `since`. */
export const lastHourUsd = (usage: UsageWindows, now: number, since = 0): number =>
    usdBetween(usage, Math.max(since, windowStart(now - hour)), now);

/**
 * Returns the cost of the API and the page in US dollars per hour, from the last complete window; 0 if it is unknown.
 */
export const servingUsdPerHour = (usage: UsageWindows | undefined, now: number): number =>
    usage === undefined ? 0 : (usageUsd(plus(usage.get(windowStart(now) - window) ?? {})) * hour) / window;
