import { campaignUsdPerHour } from "../config/prices.ts";
import { rankingRecipe } from "./estimate.ts";
import type { GuardConfig } from "./guard-config.ts";
import { type CountedCampaign, type GuardState, type RememberedCampaign, remembered } from "./guard-state.ts";
import type { CampaignObservations, Observations } from "./observations.ts";
import { countTime, freshSpend, monthSpendUsd, type RequestWindows, settle, sumWindows, usedTPS } from "./spend.ts";

interface Count {
    readonly counted: CountedCampaign;
    /** Cost of the campaign in this month, in US dollars. */
    readonly usd: number;
    /**
     * Whether the campaign was observed. If not, its cost counts at the last known rate, and the next run counts this
     * period again.
     */
    readonly isSeen: boolean;
}

/**
 * Counts the cost of a campaign up to now. `parkedAt` is the time at which the campaign was parked, according to its
 * flag.
 */
export function countCampaign(
    previous: CountedCampaign,
    now: number,
    recipe: string | undefined,
    observations: CampaignObservations,
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

/**
 * Counts the cost of the ranking campaign; returns undefined if the stack had none this month. The cost still counts
 * after the ranking campaign's removal from the config.
 */
export function countRanking(
    previous: CountedCampaign | undefined,
    now: number,
    observations: CampaignObservations = { campaign: { found: undefined }, requests: undefined },
    parkedAt?: number,
): Pick<Count, "counted" | "usd"> | undefined {
    const rankingCampaign = observations.campaign?.found;
    const begun = previous ?? (rankingCampaign && { spend: freshSpend(now, rankingCampaign.createdAt) });
    if (begun === undefined) {
        return undefined;
    }
    const { counted, usd, isSeen } = countCampaign(begun, now, rankingRecipe, observations, parkedAt);
    return counted.campaign === undefined && usd === 0
        ? undefined
        : { counted: isSeen ? counted : { ...counted, spend: begun.spend }, usd };
}

/** Returns the campaigns that the state contains: the campaign and the ranking campaign, as far as they exist. */
export const collectCampaigns = ({ campaign, ranking }: GuardState): readonly RememberedCampaign[] =>
    [campaign, ranking?.campaign].filter((one) => one !== undefined);

/** Returns US dollars per hour of all campaigns: by the minimum TPS, or by the requests if they are known and more. */
export function hourlyUsd(
    { campaign, ranking }: GuardState,
    { recipe }: Pick<GuardConfig, "recipe">,
    now: number,
    observations?: Observations,
): number {
    const usdOf = (
        one: RememberedCampaign | undefined,
        of: string | undefined,
        requests: RequestWindows | undefined,
    ) => (one === undefined ? 0 : campaignUsdPerHour(of, Math.max(one.minProvisionedTPS, usedTPS(now, requests))));
    return (
        usdOf(campaign, recipe, observations?.requests) +
        usdOf(ranking?.campaign, rankingRecipe, observations?.ranking?.requests)
    );
}

/** Returns the requests of all campaigns together; undefined if those of one campaign are unknown. */
export function allRequests({ requests, ranking }: Observations): RequestWindows | undefined {
    if (ranking === undefined) {
        return requests;
    }
    if (requests === undefined || ranking.requests === undefined) {
        return undefined;
    }
    return sumWindows([...requests, ...ranking.requests]);
}
