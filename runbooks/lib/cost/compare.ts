import { billedService, campaignUsdPerHour, hoursPerMonth } from "../../../config/prices.ts";
import type { Estimate } from "../../../cost/estimate.ts";
import type { PlannedStack } from "../../../cost/planned-stack.ts";
import { day, hour } from "../../../cost/time.ts";
import type { ParkedFlag } from "../../../personalize/operations/state-flags.ts";
import { type BilledLine, dayStart, type ReportPeriod, type UsageKind, usageKind } from "./billed.ts";

/** The period of the comparison in epoch milliseconds, `[from, to)`. */
export interface Compared {
    readonly from: number;
    readonly to: number;
}

export interface ComparedRow {
    readonly service: string;
    /** For Personalize only. */
    readonly kind: UsageKind | undefined;
    /** Predicted cost in US dollars, the highest value of the estimate (`predicted`), and billed cost. */
    readonly predicted: number;
    readonly billed: number;
}

/**
 * Returns the part of a period in which the stack existed, without today, because today's bill is incomplete. On the
 * stack's first day, returns the time until now. Undefined if the stack did not exist in the period. `today` is a
 * midnight, and `bornAt` the creation time of the stack's first resource.
 */
export function comparedTime(
    { start, end }: ReportPeriod,
    { now, today, bornAt }: { readonly now: number; readonly today: number; readonly bornAt: number },
): Compared | undefined {
    const from = Math.max(start, bornAt);
    const wholeDays = Math.min(end, today);
    const to = wholeDays - day >= dayStart(from) ? wholeDays : Math.min(end, Math.max(now, today));
    return to > from ? { from, to } : undefined;
}

/**
 * Compares prediction and bill by service, and by kind for Personalize, largest first. Includes one-time costs if the
 * stack was created in the period.
 */
export function compare(
    estimate: Estimate,
    lines: readonly BilledLine[],
    time: Compared,
    bornAt: number,
): ComparedRow[] {
    const rows = new Map<string, { service: string; kind: UsageKind | undefined; predicted: number; billed: number }>();
    const ensureRow = (service: string, words: string) => {
        const kind = service === billedService ? usageKind(words) : undefined;
        const key = `${service} ${kind}`;
        const row = rows.get(key) ?? { service, kind, predicted: 0, billed: 0 };
        rows.set(key, row);
        return row;
    };
    const months = (time.to - time.from) / hour / hoursPerMonth;
    for (const { service, what, expected } of estimate.monthly) {
        ensureRow(service, what).predicted += expected.high * months;
    }
    if (bornAt >= time.from) {
        for (const { what, usd } of estimate.once) {
            ensureRow(billedService, what).predicted += usd.high;
        }
    }
    for (const { service, usageType, usd } of within(lines, time)) {
        ensureRow(service, usageType).billed += usd;
    }
    return [...rows.values()]
        .filter(({ predicted, billed }) => predicted > 0 || billed > 0)
        .sort((a, b) => Math.max(b.predicted, b.billed) - Math.max(a.predicted, a.billed));
}

/** Returns the lines of a bill whose days overlap the period. */
const within = (lines: readonly BilledLine[], { from, to }: Compared): BilledLine[] =>
    lines.filter((line) => line.day >= dayStart(from) && line.day < to);

/** Hours without a billed campaign, and the cost that was avoided in these hours, in US dollars. */
export interface Saved {
    readonly hours: number;
    readonly usd: number;
}

/**
 * Returns the savings of a currently parked campaign in a period, from its state flag; undefined if the campaign is not
 * parked.
 */
export function savedByNote(
    parked: ParkedFlag | undefined,
    { recipe }: Pick<PlannedStack, "recipe">,
    { start, end, now }: { readonly start: number; readonly end: number; readonly now: number },
): (Saved & { readonly since: string }) | undefined {
    if (!parked?.campaign) {
        return undefined;
    }
    const hours = Math.max(0, Math.min(end, now) - Math.max(start, Date.parse(parked.since))) / hour;
    return {
        since: parked.since,
        hours,
        usd: hours * campaignUsdPerHour(recipe, parked.campaign.minProvisionedTPS),
    };
}

/**
 * Returns the savings compared with a campaign that runs all the time, from the bill. Includes earlier parking and
 * destroyed campaigns. Excludes the first billed day, because the start time on that day is unknown. Undefined if no
 * campaign was billed.
 */
export function savedByBill(
    lines: readonly BilledLine[],
    time: Compared,
    { recipe, minProvisionedTPS }: Pick<PlannedStack, "recipe" | "minProvisionedTPS">,
): (Saved & Compared) | undefined {
    const campaign = within(lines, time).filter(
        ({ service, usageType, usd }) => service === billedService && usageKind(usageType) === "campaign" && usd > 0,
    );
    const first = Math.min(...campaign.map((line) => line.day));
    const from = first + day;
    if (!(from < time.to)) {
        return undefined;
    }
    const usdPerHour = campaignUsdPerHour(recipe, minProvisionedTPS);
    let usd = 0;
    for (let at = dayStart(from); at < time.to; at += day) {
        const billed = campaign.filter((line) => line.day === at).reduce((sum, line) => sum + line.usd, 0);
        const whole = (Math.min(time.to - at, day) / hour) * usdPerHour;
        // If a day was billed more than the price of the minimum provisioned TPS, count no saving for this day.
        usd += Math.max(0, whole - billed);
    }
    return { from, to: time.to, usd, hours: usd / usdPerHour };
}
