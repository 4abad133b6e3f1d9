import { approximately, campaignUsdPerMonth, priceNote } from "../config/prices.ts";
import type { RequestWindows } from "./spend.ts";
import { day, readable, window } from "./time.ts";

export interface Advice {
    readonly minProvisionedTPS: number;
    /** The busiest five minutes: start, and transactions per second. Undefined without requests. */
    readonly peak: { readonly at: number; readonly tps: number } | undefined;
    readonly text: string;
}

/**
 * Factor by which the advised TPS exceed those of the busiest five minutes: TPS are averages of five minutes, and
 * requests arrive unevenly.
 */
const headroom = 1.2;

/**
 * Returns the lowest minimum TPS with which the campaign could have served last week's traffic without scaling;
 * undefined if the week's requests are unknown. Lower minimums would cost even less, because AWS bills the minimum TPS
 * or the requests, whichever is more. But Personalize may throttle a burst above the minimum until it has scaled up
 * (developer guide, "Minimum provisioned transactions per second and auto-scaling").
 */
export function adviseMinimum(
    now: number,
    campaign: { readonly recipe: string | undefined; readonly minProvisionedTPS: number },
    requests: RequestWindows | undefined,
): Advice | undefined {
    if (requests === undefined) return undefined;
    const week = [...requests].filter(([start, count]) => start >= now - 7 * day && start <= now && count > 0);
    const busiest = week.reduce<readonly [number, number] | undefined>(
        (most, one) => (most === undefined || one[1] > most[1] ? one : most),
        undefined,
    );
    const peak = busiest && { at: busiest[0], tps: busiest[1] / (window / 1000) };
    const minProvisionedTPS = Math.max(1, Math.ceil((peak?.tps ?? 0) * headroom));
    const idleCost = (tps: number) => `${approximately(campaignUsdPerMonth(campaign.recipe, tps))} a month idle`;
    const has = campaign.minProvisionedTPS;
    const busy = peak
        ? `The busiest five minutes of the last week, from ${readable(peak.at)}, had ${Math.round(peak.tps * 100) / 100} TPS on average`
        : "The campaign had no requests in the last week";
    const verdict =
        minProvisionedTPS === has
            ? `minProvisionedTPS ${has} is right (${idleCost(has)})`
            : `minProvisionedTPS ${minProvisionedTPS} is enough (${idleCost(minProvisionedTPS)}); it is ${has} (${idleCost(has)})`;
    const command =
        minProvisionedTPS < has
            ? ` To set it: pulumi config set minProvisionedTPS ${minProvisionedTPS} && pulumi up.`
            : "";
    const lower =
        minProvisionedTPS > 1
            ? ` A lower minimum costs even less (1: ${idleCost(1)}), but Personalize may throttle bursts above it until it has scaled up.`
            : "";
    return {
        minProvisionedTPS,
        peak,
        text: `${busy}. With a fifth on top for uneven arrival, ${verdict} ${priceNote}.${command}${lower}`,
    };
}
