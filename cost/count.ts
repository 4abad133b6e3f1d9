import { campaignUsdPerHour } from "../config/prices.ts";
import type { GuardConfig } from "./guard-config.ts";
import type { CampaignLooks, Looks } from "./guard-looks.ts";
import { type CountedCampaign, type GuardState, type RememberedCampaign, remembered } from "./guard-state.ts";
import { countTime, freshSpend, monthSpendUsd, type RequestWindows, settle, usedTPS } from "./spend.ts";
import { rankingRecipe } from "./standing.ts";

interface Count {
    readonly counted: CountedCampaign;
    /** US dollars of this month. */
    readonly usd: number;
    /** Whether the campaign could be looked at. If not it counts as before, and its time is counted again by the next run. */
    readonly isSeen: boolean;
}

/** A campaign's time, counted up to now. */
export function countCampaign(
    known: CountedCampaign,
    now: number,
    recipe: string | undefined,
    looks: CampaignLooks,
): Count {
    const { campaign: look } = looks;
    const campaign = look === undefined ? known.campaign : look.found && remembered(look.found, recipe);
    const spend = countTime(known.spend, now, known.campaign, campaign);
    return {
        counted: { spend: settle(spend, now, looks.requests), ...(campaign && { campaign }) },
        usd: monthSpendUsd(spend, looks.requests),
        isSeen: looks.campaign !== undefined,
    };
}

/** The same for the ranking campaign; undefined where there was none this month. What config took away has cost what it has. */
export function countRanking(
    known: CountedCampaign | undefined,
    now: number,
    looks: CampaignLooks = { campaign: { found: undefined }, requests: undefined },
): Pick<Count, "counted" | "usd"> | undefined {
    const found = looks.campaign?.found;
    const begun = known ?? (found && { spend: freshSpend(now, found.createdAt) });
    if (begun === undefined) {
        return undefined;
    }
    const { counted, usd, isSeen } = countCampaign(begun, now, rankingRecipe, looks);
    return counted.campaign === undefined && usd === 0
        ? undefined
        : { counted: isSeen ? counted : { ...counted, spend: begun.spend }, usd };
}

/** All that bills as a campaign. */
export const campaignsOf = ({ campaign, ranking }: GuardState): readonly RememberedCampaign[] =>
    [campaign, ranking?.campaign].filter((one) => one !== undefined);

/** US dollars an hour of all campaigns, by their minimum, or their use where that is known and more. */
export function hourlyUsd(
    { campaign, ranking }: GuardState,
    { recipe }: Pick<GuardConfig, "recipe">,
    now: number,
    looks?: Looks,
): number {
    const usdOf = (
        one: RememberedCampaign | undefined,
        of: string | undefined,
        requests: RequestWindows | undefined,
    ) => (one === undefined ? 0 : campaignUsdPerHour(of, Math.max(one.minProvisionedTPS, usedTPS(now, requests))));
    return usdOf(campaign, recipe, looks?.requests) + usdOf(ranking?.campaign, rankingRecipe, looks?.ranking?.requests);
}

/** Requests of all campaigns together; undefined where those of one are not known. */
export function allRequests({ requests, ranking }: Looks): RequestWindows | undefined {
    if (ranking === undefined) {
        return requests;
    }
    if (requests === undefined || ranking.requests === undefined) {
        return undefined;
    }
    const all = new Map(requests);
    for (const [start, asked] of ranking.requests) {
        all.set(start, (all.get(start) ?? 0) + asked);
    }
    return all;
}
