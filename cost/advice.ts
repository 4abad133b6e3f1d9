import { approximately, campaignUsdPerMonth, priceNote } from "../config/prices.ts";
import type { RequestWindows } from "./spend.ts";
import { day, readable, window } from "./time.ts";

export interface Advice {
    readonly minProvisionedTPS: number;
    /** The busiest five minutes: when, and transactions per second; undefined where nobody asked. */
    readonly peak: { readonly at: number; readonly tps: number } | undefined;
    readonly text: string;
}

/** TPS are averages of five minutes, and within them requests come unevenly: a fifth on top of the busiest. */
const headroom = 1.2;

/**
 * The cheapest minimum that carried last week's traffic without scaling. A lower one is never dearer, for a campaign
 * bills the larger of minimum and use; but a burst above it may be throttled until the service has scaled up (developer
 * guide, "Minimum provisioned transactions per second and auto-scaling"). Undefined where nothing is known of the week.
 */
export function adviseMinimum(
    now: number,
    campaign: { readonly recipe: string | undefined; readonly minProvisionedTPS: number },
    requests: RequestWindows | undefined,
): Advice | undefined {
    if (requests === undefined) {
        return undefined;
    }
    const week = [...requests].filter(([start, asked]) => start >= now - 7 * day && start <= now && asked > 0);
    const busiest = week.reduce<readonly [number, number] | undefined>(
        (most, one) => (most === undefined || one[1] > most[1] ? one : most),
        undefined,
    );
    const peak = busiest && { at: busiest[0], tps: busiest[1] / (window / 1000) };
    const minProvisionedTPS = Math.max(1, Math.ceil((peak?.tps ?? 0) * headroom));
    const idleCost = (tps: number) => `${approximately(campaignUsdPerMonth(campaign.recipe, tps))} a month idle`;
    const has = campaign.minProvisionedTPS;
    const busy = peak
        ? `The busiest five minutes of the last week, from ${readable(peak.at)}, had ${Math.round(peak.tps * 100) / 100} TPS`
        : "Nobody asked the campaign in the last week";
    const verdict =
        minProvisionedTPS === has
            ? `minProvisionedTPS ${has} is right (${idleCost(has)})`
            : `minProvisionedTPS ${minProvisionedTPS} is enough (${idleCost(minProvisionedTPS)}); it is ${has} (${idleCost(has)})`;
    const lower =
        minProvisionedTPS > 1
            ? ` Less is cheaper still, at 1 ${idleCost(1)}, but bursts above it may be throttled until the service has scaled up.`
            : "";
    return {
        minProvisionedTPS,
        peak,
        text: `${busy}; with a fifth on top, as they come unevenly, ${verdict} ${priceNote}.${lower}`,
    };
}
