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
import { type ParkedFlag, readFlagToWrite, writeStateFlag } from "./state-flags.ts";

/** The campaign to park, its stack, and the reason. */
export interface Parking extends Pick<OperatedCampaign, "stack" | "campaignArn"> {
    /** The ranking campaign, which is parked too; undefined if the stack has none. */
    readonly rankingCampaignArn?: string | undefined;
    readonly reason: string;
}

/**
 * Deletes the campaigns of a stack, so that they are no longer billed. Stores the first campaign in the parked flag, so
 * that `resume` needs no training. Writes the flag first, so that a parallel `pulumi up` also leaves out the campaign.
 * If the stack is already parked, keeps the flag and completes an interrupted deletion.
 *
 * @throws Error if neither a campaign nor a parked flag exists
 */
export async function park(
    deps: OperationDeps,
    { pollSeconds, ...parking }: Parking & Pick<OperatedCampaign, "pollSeconds">,
): Promise<ParkedFlag> {
    const flag = await noteParked(deps, parking);
    await forEachCampaign(parking, async (arn) => {
        const client = deps.client(regionOf(arn));
        if ((await campaign.describe(client, arn).catch(goneOrThrow)) !== undefined) {
            await remove(campaign, deps, client, { arn, what: formatCampaign(arn), pollSeconds });
        }
    });
    return flag;
}

/**
 * Parks a stack: requests each deletion once, and does not wait, because the wait is longer than a Lambda timeout.
 *
 * @throws Error if neither a campaign nor a parked flag exists, or if Personalize rejects the deletion
 */
export async function beginPark(deps: Pick<OperationDeps, "client" | "ssm">, parking: Parking): Promise<ParkedFlag> {
    const flag = await noteParked(deps, parking);
    await forEachCampaign(parking, async (arn) => {
        if ((await describeCampaign(deps, arn)) !== undefined) {
            await campaign.delete?.(deps.client(regionOf(arn)), arn).catch(goneOrThrow);
        }
    });
    return flag;
}

/**
 * Runs `work` for both campaigns in parallel, because each is billed. An error of one does not stop the other; the
 * function throws it at the end.
 */
async function forEachCampaign(
    { campaignArn, rankingCampaignArn }: Parking,
    work: (arn: string) => Promise<void>,
): Promise<void> {
    const arns = [campaignArn, ...(rankingCampaignArn === undefined ? [] : [rankingCampaignArn])];
    const failed = (await Promise.allSettled(arns.map(work))).find(({ status }) => status === "rejected");
    if (failed?.status === "rejected") {
        throw failed.reason;
    }
}

async function noteParked(
    deps: Pick<OperationDeps, "client" | "ssm">,
    { stack, campaignArn, rankingCampaignArn, reason }: Parking,
): Promise<ParkedFlag> {
    const ssm = deps.ssm(regionOf(campaignArn));
    const parked = await readFlagToWrite(ssm, stack, "parked");
    const description = await describeCampaign(deps, campaignArn);
    const stands = async () =>
        rankingCampaignArn !== undefined && (await describeCampaign(deps, rankingCampaignArn)) !== undefined;
    if (parked === undefined && description === undefined && !(await stands())) {
        throw new Error(
            `There is no ${formatCampaign(campaignArn)} to park. \`npm run watch-status\` shows the stack.`,
        );
    }
    const flag = parked ?? { reason, since: nowIso(), campaign: description ? toServed(description) : null };
    if (parked === undefined) {
        await writeStateFlag(ssm, stack, "parked", flag);
    }
    return flag;
}

const formatCampaign = (campaignArn: string) => `campaign ${nameInArn(campaignArn)}`;
