import { campaignUsdPerHour, hoursPerMonth } from "../config/prices.ts";

/** What of a stack bills by the hour for being there. */
export interface Standing {
    /** Undefined with AutoML. */
    readonly recipe: string | undefined;
    readonly minProvisionedTPS: number;
    /** Whether there is a second campaign, which orders given films. */
    readonly rankingCampaign: boolean;
}

/** The recipe that orders given films (developer guide, "Personalized-Ranking recipe"). */
export const rankingRecipe = "aws-personalized-ranking";
/** minProvisionedTPS of its campaign. */
export const rankingMinimumTPS = 1;

/** US dollars an hour of all campaigns, by their minimum. */
export const standingUsdPerHour = ({ recipe, minProvisionedTPS, rankingCampaign }: Standing): number =>
    campaignUsdPerHour(recipe, minProvisionedTPS) +
    (rankingCampaign ? campaignUsdPerHour(rankingRecipe, rankingMinimumTPS) : 0);

/** The same of a month. */
export const standingUsdPerMonth = (standing: Standing): number => standingUsdPerHour(standing) * hoursPerMonth;
