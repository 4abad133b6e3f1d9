import { hasV2Billing } from "./cost.ts";
import type { Measure } from "./usage-types.ts";

/** The billed measure of an ACTIVE campaign: requests for v2 recipes, TPS-hours for all other recipes. */
export type CampaignMeasure = Extract<Measure, `Recommendation${string}`>;

/** A period in which a campaign was ACTIVE with one capacity: `[from, to)`, epoch milliseconds. */
export interface Segment {
    readonly from: number;
    readonly to: number;
    readonly minProvisionedTPS: number;
    readonly measure: CampaignMeasure;
}

/** A window: a period of 5 minutes or an hour for which one amount is billed. */
export interface Window {
    readonly measure: CampaignMeasure;
    /** Epoch milliseconds. */
    readonly start: number;
    /** The minimum TPS times the milliseconds for which it was provisioned. */
    readonly minimum: number;
    readonly requests: number;
}

export const hourMilliseconds = 3_600_000;

/**
 * Length of a window in milliseconds. AWS bills TPS as averages of 5 minutes. For a v2 campaign, AWS bills requests,
 * and a minimum number of them in each hour.
 */
const lengths: Readonly<Record<CampaignMeasure, number>> = {
    RecommendationTPSHours: 300_000,
    RecommendationRequests: hourMilliseconds,
};

/** Returns the measure by which a campaign of a recipe (name or ARN) is billed. */
export const chooseMeasure = (recipe: string | undefined): CampaignMeasure =>
    hasV2Billing(recipe) ? "RecommendationRequests" : "RecommendationTPSHours";

/** Returns the start of the window that contains a time; epoch milliseconds. */
export const windowStart = (measure: CampaignMeasure, time: number) => time - (time % lengths[measure]);
/** Returns the end of a window, epoch milliseconds. */
export const windowEnd = ({ measure, start }: Pick<Window, "measure" | "start">) => start + lengths[measure];
/** Returns the start of the hour that contains a time; epoch milliseconds. */
export const hourStart = (time: number) => time - (time % hourMilliseconds);

/**
 * Returns the billed amount of a window: the larger of its provisioned and its requested capacity. If the capacity does
 * not change within the window, this is max(minimum TPS, requests per second) times its length. The result is a whole
 * number in the counts of usage-types.ts.
 */
export const billed = ({ minimum, requests }: Pick<Window, "minimum" | "requests">) =>
    Math.max(minimum, requests * 1000);

/**
 * Converts periods of a campaign's capacity (`segments`) to windows, whose number of requests is 0. If a window
 * contains parts of several periods, adds their capacities, so the result does not depend on where the periods are
 * divided.
 */
export function toWindows(segments: readonly Segment[]): Window[] {
    const windows = new Map<string, Window>();
    for (const { from, to, minProvisionedTPS, measure } of segments.filter(({ from, to }) => from < to)) {
        for (let start = windowStart(measure, from); start < to; start += lengths[measure]) {
            const time = Math.min(to, start + lengths[measure]) - Math.max(from, start);
            const key = `${measure} ${start}`;
            const minimum = (windows.get(key)?.minimum ?? 0) + time * Math.max(1, minProvisionedTPS);
            windows.set(key, { measure, start, minimum, requests: 0 });
        }
    }
    return [...windows.values()];
}

/** Returns the parts of the periods `segments` that lie in `[from, to)`. */
export function clip(segments: readonly Segment[], from: number, to: number): Segment[] {
    return segments
        .map((segment) => ({ ...segment, from: Math.max(from, segment.from), to: Math.min(to, segment.to) }))
        .filter((segment) => segment.from < segment.to);
}
