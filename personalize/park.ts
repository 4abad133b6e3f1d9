import { campaign } from "./campaign.ts";
import { type ParkedMark, readMarks, writeMark } from "./marks.ts";
import {
    lookAtCampaign,
    nameOf,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    servedIn,
} from "./operation.ts";
import { goneOrThrow, remove } from "./remove.ts";

/** Which campaign of which stack is parked, and why. */
export interface Parking extends Pick<OperatedCampaign, "stack" | "campaignArn"> {
    readonly reason: string;
}

/**
 * Deletes the campaign of a stack, so that it bills no more, and notes what it was, for it to come back without a
 * training. The note is made first: an `up` that runs at the same time then leaves the campaign out, too. Parked
 * already: the note stays as it is, and a deletion that was cut short is brought to its end.
 *
 * @throws Error when there is neither a campaign nor a note of one.
 */
export async function park(
    deps: OperationDeps,
    { pollSeconds, ...parking }: Parking & Pick<OperatedCampaign, "pollSeconds">,
): Promise<ParkedMark> {
    const { campaignArn } = parking;
    const client = deps.client(regionOf(campaignArn));
    const mark = await noteParked(deps, parking);
    if ((await campaign.look(client, campaignArn).catch(goneOrThrow)) !== undefined) {
        // Nothing ever stands on a campaign, so no tags have to tell what may go with it.
        await remove(campaign, deps, client, { arn: campaignArn, what: whatOf(campaignArn), pollSeconds, tags: {} });
    }
    return mark;
}

/**
 * The same without the wait, which takes longer than a Lambda function may: asks for the deletion once, if nobody did.
 *
 * @throws Error when there is neither a campaign nor a note of one, and the service's when it refuses the deletion.
 */
export async function beginPark(deps: Pick<OperationDeps, "client" | "ssm">, parking: Parking): Promise<ParkedMark> {
    const { campaignArn } = parking;
    const mark = await noteParked(deps, parking);
    if ((await lookAtCampaign(deps, campaignArn)) !== undefined) {
        await campaign.delete?.(deps.client(regionOf(campaignArn)), campaignArn).catch(goneOrThrow);
    }
    return mark;
}

async function noteParked(
    deps: Pick<OperationDeps, "client" | "ssm">,
    { stack, campaignArn, reason }: Parking,
): Promise<ParkedMark> {
    const ssm = deps.ssm(regionOf(campaignArn));
    const { parked } = await readMarks(ssm, stack);
    const look = await lookAtCampaign(deps, campaignArn);
    if (parked === undefined && look === undefined) {
        throw new Error(`There is no ${whatOf(campaignArn)} to park. \`npm run watch-status\` says what there is.`);
    }
    const mark = parked ?? { reason, since: nowIso(), campaign: look ? servedIn(look) : null };
    if (parked === undefined) {
        await writeMark(ssm, stack, "parked", mark);
    }
    return mark;
}

const whatOf = (campaignArn: string) => `campaign ${nameOf(campaignArn)}`;
