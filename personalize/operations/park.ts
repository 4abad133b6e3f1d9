import { campaign } from "../campaign.ts";
import { goneOrThrow, remove } from "../remove.ts";
import {
    describeCampaign,
    nameOf,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    servedIn,
} from "./operation.ts";
import { type ParkedFlag, readStateFlags, writeStateFlag } from "./state-flags.ts";

/** Which campaign of which stack is parked, and why. */
export interface Parking extends Pick<OperatedCampaign, "stack" | "campaignArn"> {
    /** Of the campaign that orders given films, which goes too; undefined where the stack has none. */
    readonly rankingCampaignArn?: string | undefined;
    readonly reason: string;
}

/**
 * Deletes the campaigns of a stack, so that they bill no more, and notes what the first was, for it to come back without a
 * training. The note is made first: an `up` that runs at the same time then leaves the campaign out, too. Parked
 * already: the note stays as it is, and a deletion that was cut short is brought to its end.
 *
 * @throws Error when there is neither a campaign nor a note of one.
 */
export async function park(
    deps: OperationDeps,
    { pollSeconds, ...parking }: Parking & Pick<OperatedCampaign, "pollSeconds">,
): Promise<ParkedFlag> {
    const flag = await noteParked(deps, parking);
    await eachOf(parking, async (arn) => {
        const client = deps.client(regionOf(arn));
        if ((await campaign.describe(client, arn).catch(goneOrThrow)) !== undefined) {
            // Nothing ever stands on a campaign, so no tags have to tell what may go with it.
            await remove(campaign, deps, client, { arn, what: whatOf(arn), pollSeconds, tags: {} });
        }
    });
    return flag;
}

/**
 * The same without the wait, which takes longer than a Lambda function may: asks for the deletion once, if nobody did.
 *
 * @throws Error when there is neither a campaign nor a note of one, and the service's when it refuses the deletion.
 */
export async function beginPark(deps: Pick<OperationDeps, "client" | "ssm">, parking: Parking): Promise<ParkedFlag> {
    const flag = await noteParked(deps, parking);
    await eachOf(parking, async (arn) => {
        if ((await describeCampaign(deps, arn)) !== undefined) {
            await campaign.delete?.(deps.client(regionOf(arn)), arn).catch(goneOrThrow);
        }
    });
    return flag;
}

/** Both at once, and one although the other fails, whose error is thrown in the end: each bills by itself. */
async function eachOf(
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
    const { parked } = await readStateFlags(ssm, stack);
    const description = await describeCampaign(deps, campaignArn);
    const stands = async () =>
        rankingCampaignArn !== undefined && (await describeCampaign(deps, rankingCampaignArn)) !== undefined;
    if (parked === undefined && description === undefined && !(await stands())) {
        throw new Error(`There is no ${whatOf(campaignArn)} to park. \`npm run watch-status\` says what there is.`);
    }
    const flag = parked ?? { reason, since: nowIso(), campaign: description ? servedIn(description) : null };
    if (parked === undefined) {
        await writeStateFlag(ssm, stack, "parked", flag);
    }
    return flag;
}

const whatOf = (campaignArn: string) => `campaign ${nameOf(campaignArn)}`;
