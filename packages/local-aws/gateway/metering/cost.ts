import type { Measure, UsageRecord } from "./usage-types.ts";

/**
 * Prices, in US dollars for one unit, of the measures without tiers (US price, unverified). The prices here are
 * independent of the program's prices, so that a comparison can find errors.
 */
const flat: Readonly<Partial<Record<Measure, number>>> = {
    DataIngestion: 0.05,
    TrainingHours: 0.24,
    TrainingInteractions: 0.002,
    RecommendationRequests: 0.15,
};

/** Prices of one TPS-hour, which depend on the region's earlier TPS-hours of the month. */
const tpsHourTiers = [
    { from: 0, to: 20_000, usd: 0.2 },
    { from: 20_000, to: 200_000, usd: 0.1 },
    { from: 200_000, to: Number.POSITIVE_INFINITY, usd: 0.05 },
];

/** The service's name on the bill, in Cost Explorer and in AWS Budgets. */
export const billedService = "Amazon Personalize";

/** Returns whether a recipe (name or ARN) has v2 billing: by request and by interaction. */
export function hasV2Billing(recipe: string | undefined): boolean {
    return recipe?.endsWith("-v2") ?? false;
}

/**
 * Returns the price, in US dollars, of `hours` TPS-hours that follow `before` TPS-hours in the same month and region.
 */
function tpsHoursUsd(before: number, hours: number): number {
    const after = before + hours;
    return tpsHourTiers.reduce(
        (sum, { from, to, usd }) => sum + Math.max(0, Math.min(after, to) - Math.max(before, from)) * usd,
        0,
    );
}

export interface CostRecord extends UsageRecord {
    /** US dollars. */
    readonly usd: number;
}

/**
 * Returns usage with its costs. The price of a region's TPS-hours falls during a month, so the records must be in the
 * order of their hours, from the first hour of a month.
 */
export function computeCosts(records: readonly UsageRecord[]): CostRecord[] {
    const months = new Map<string, number>();
    return records.map((record) => {
        const { measure, quantity, hour, region } = record;
        const price = flat[measure];
        if (price !== undefined) return { ...record, usd: quantity * price };
        const month = `${region} ${new Date(hour).toISOString().slice(0, 7)}`;
        const before = months.get(month) ?? 0;
        months.set(month, before + quantity);
        return { ...record, usd: tpsHoursUsd(before, quantity) };
    });
}

/** Returns the start of the month that contains a time, in UTC as in bills; epoch milliseconds. `later` adds months. */
export function monthStart(time: number, later = 0): number {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}
