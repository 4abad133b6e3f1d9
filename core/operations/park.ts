import { campaign, goneOrThrow, remove } from "pulumi-personalize/core";
import {
    describeCampaign,
    nameInArn,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    toServed,
} from "./operation.ts";
import { noteFlag, type ParkedFlag } from "./state-flags.ts";

/** The campaign to park, its stack, the reason and the cause. */
export interface Parking
    extends Pick<OperatedCampaign, "stack" | "campaignArn">,
        Pick<ParkedFlag, "reason" | "cause"> {}

/**
 * Deletes the campaign of a stack, so that it is no longer billed. Stores the campaign in the parked flag, so that
 * `resume` needs no training. Writes the flag first, so that a parallel `pulumi up` also leaves out the campaign. If the
 * stack is already parked, keeps the flag and completes an interrupted deletion.
 *
 * @throws Error if neither a campaign nor a parked flag exists
 */
export async function park(
    deps: OperationDeps,
    { pollSeconds, ...parking }: Parking & Pick<OperatedCampaign, "pollSeconds">,
): Promise<ParkedFlag> {
    const { flag, failed } = await noteParked(deps, parking);
    const arn = parking.campaignArn;
    const client = deps.client(regionOf(arn));
    if ((await campaign.describe(client, arn).catch(goneOrThrow)) !== undefined) {
        await remove(campaign, deps, { client, arn, what: formatCampaign(arn), pollSeconds });
    }
    if (failed) throw failed;
    return flag;
}

/**
 * Parks a stack: requests the deletion once, and does not wait, because the wait is longer than a Lambda timeout.
 *
 * @throws Error if neither a campaign nor a parked flag exists, or if Personalize rejects the deletion
 */
export async function beginPark(deps: Pick<OperationDeps, "client" | "ssm">, parking: Parking): Promise<ParkedFlag> {
    const { flag, failed } = await noteParked(deps, parking);
    const arn = parking.campaignArn;
    if ((await describeCampaign(deps, arn)) !== undefined) {
        await campaign.delete?.(deps.client(regionOf(arn)), arn).catch(goneOrThrow);
    }
    if (failed) throw failed;
    return flag;
}

/** Stores the parked flag unless there is one. `failed` is the error of a flag that cannot be stored. */
async function noteParked(
    deps: Pick<OperationDeps, "client" | "ssm">,
    { stack, campaignArn, reason, cause }: Parking,
): Promise<{ readonly flag: ParkedFlag; readonly failed?: Error }> {
    const description = await describeCampaign(deps, campaignArn);
    return noteFlag(deps.ssm(regionOf(campaignArn)), stack, "parked", () => {
        if (description === undefined) {
            throw new Error(
                `There is no ${formatCampaign(campaignArn)} to park. \`npm run watch-status\` shows the stack.`,
            );
        }
        return { reason, cause, since: nowIso(), campaign: toServed(description) };
    });
}

const formatCampaign = (campaignArn: string) => `campaign ${nameInArn(campaignArn)}`;
