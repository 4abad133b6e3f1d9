import { campaignUsdPerHour } from "../config/prices.ts";
import type { GuardConfig } from "./guard-config.ts";
import { type GuardState, remembered } from "./guard-state.ts";
import type { Observations } from "./observations.ts";
import { countTime, monthSpendUsd, type RequestWindows, settle, usedTPS } from "./spend.ts";

interface Count {
    /** The parts of the new state. */
    readonly counted: Pick<GuardState, "spend" | "campaign">;
    /** Cost of the campaign in this month, in US dollars. */
    readonly usd: number;
    /**
     * Whether the campaign was observed. If not, its cost counts at the last known rate, and the next run counts this
     * period again.
     */
    readonly isSeen: boolean;
}

/**
 * Counts the cost of the campaign up to now. `parkedAt` is the time at which the campaign was parked, according to its
 * flag.
 */
export function countCampaign(
    previous: GuardState,
    now: number,
    recipe: string | undefined,
    observations: Observations,
    parkedAt: number | undefined,
): Count {
    const { campaign: observation } = observations;
    const campaign =
        observation === undefined ? previous.campaign : observation.found && remembered(observation.found, recipe);
    const spend = countTime(previous.spend, now, previous.campaign, campaign, parkedAt);
    return {
        counted: { spend: settle(spend, now, observations.requests), ...(campaign && { campaign }) },
        usd: monthSpendUsd(spend, observations.requests),
        isSeen: observations.campaign !== undefined,
    };
}

/** Returns the campaign's US dollars per hour: by the minimum TPS, or by the requests if they are known and more. */
export function hourlyUsd(
    { campaign }: GuardState,
    { recipe }: Pick<GuardConfig, "recipe">,
    now: number,
    requests?: RequestWindows,
): number {
    return campaign === undefined
        ? 0
        : campaignUsdPerHour(recipe, Math.max(campaign.minProvisionedTPS, usedTPS(now, requests)));
}
