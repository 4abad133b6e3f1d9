import type { UsageRecord } from "../contract.ts";
import { priceList } from "./price-list.ts";
import type { Measure } from "./usage-types.ts";

/** US dollars for one unit of a measure, where more of it is not cheaper. */
const flat: Readonly<Partial<Record<Measure, number>>> = {
    DataIngestion: priceList.dataIngestionGb,
    TrainingHours: priceList.trainingHour,
    TrainingInteractions: priceList.trainingInteractionsV2,
    RecommendationRequests: priceList.requestsV2,
};

/** What TPS-hours of one month cost after `before` of them. */
function tpsHoursUsd(before: number, hours: number): number {
    const after = before + hours;
    return priceList.tpsHourTiers.reduce(
        (sum, { from, to, usd }) => sum + Math.max(0, Math.min(after, to) - Math.max(before, from)) * usd,
        0,
    );
}

export interface CostRecord extends UsageRecord {
    /** US dollars. */
    readonly usd: number;
}

/**
 * Usage with what it costs. TPS-hours are cheaper the more of them a region has in a month, so records are to be given
 * in the order of their hours, and from the first hour of a month on.
 */
export function costsOf(records: readonly UsageRecord[]): CostRecord[] {
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

/** The first instant of the month of a time, by UTC as bills are; epoch milliseconds. `later` moves on by months. */
export function monthStart(time: number, later = 0): number {
    const date = new Date(time);
    return Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + later);
}
