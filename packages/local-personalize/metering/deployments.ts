import type { Speed } from "../contract.ts";
import type { CampaignProperties, Deployment } from "../control/campaigns.ts";
import { creationEnd, updateEnd } from "../control/states.ts";
import type { Resource } from "../control/store.ts";
import { hasV2Billing } from "./price-list.ts";
import { measureOf, type Segment } from "./windows.ts";

/**
 * What a campaign provisions and when, as far as its last update, from ACTIVE on and without an end. `recipeOf` gives
 * the recipe of a solution version. Before an update or a deletion changes the campaign, it is to be settled.
 */
export function segmentsOf(
    campaign: Resource<CampaignProperties>,
    speed: Speed,
    recipeOf: (solutionVersionArn: string) => string | undefined,
): Segment[] {
    const { update, ...before } = campaign.properties;
    const active = campaign.failure === null ? creationEnd(campaign, speed) : Number.POSITIVE_INFINITY;
    const updated =
        update && update.failure === undefined
            ? updateEnd(campaign.kind, update.createdAt, speed)
            : Number.POSITIVE_INFINITY;
    const segment = ({ minProvisionedTPS, solutionVersionArn }: Deployment, from: number, to: number): Segment => ({
        ...{ from, to, minProvisionedTPS },
        measure: measureOf(hasV2Billing(recipeOf(solutionVersionArn))),
    });
    return [
        segment(before, active, updated),
        ...(update ? [segment(update, updated, Number.POSITIVE_INFINITY)] : []),
    ].filter(({ from, to }) => from < to);
}
