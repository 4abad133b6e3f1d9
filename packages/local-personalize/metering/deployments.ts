import type { Speed } from "../contract.ts";
import type { CampaignProperties, Deployment } from "../control/properties.ts";
import { creationEnd, updateEnd } from "../control/states.ts";
import type { Resource } from "../control/store.ts";
import { measureOf, type Segment } from "./windows.ts";

/**
 * A campaign's provisioned capacity over time, up to its last update, from ACTIVE on and without an end. `recipeOf`
 * returns the recipe of a solution version. Settle the campaign before an update or a deletion changes it.
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
        from,
        to,
        minProvisionedTPS,
        measure: measureOf(recipeOf(solutionVersionArn)),
    });
    return [
        segment(before, active, updated),
        ...(update ? [segment(update, updated, Number.POSITIVE_INFINITY)] : []),
    ].filter(({ from, to }) => from < to);
}
