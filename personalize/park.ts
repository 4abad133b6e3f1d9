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

/**
 * Deletes the campaign of a stack, so that it bills no more, and notes what it was, for it to come back without a
 * training. The note is made first: an `up` that runs at the same time then leaves the campaign out, too. Parked
 * already: the note stays as it is, and a deletion that was cut short is brought to its end.
 *
 * @throws Error when there is neither a campaign nor a note of one.
 */
export async function park(
    deps: OperationDeps,
    { reason, ...operated }: Omit<OperatedCampaign, "deadlineMinutes"> & { readonly reason: string },
): Promise<ParkedMark> {
    const { stack, campaignArn, pollSeconds } = operated;
    const region = regionOf(campaignArn);
    const client = deps.client(region);
    const ssm = deps.ssm(region);
    const what = `campaign ${nameOf(campaignArn)}`;
    const { parked } = await readMarks(ssm, stack);
    const look = await lookAtCampaign(deps, campaignArn);
    if (parked === undefined && look === undefined) {
        throw new Error(`There is no ${what} to park. \`npm run watch-status\` says what there is.`);
    }
    const mark = parked ?? { reason, since: nowIso(), campaign: look ? servedIn(look) : null };
    if (parked === undefined) {
        await writeMark(ssm, stack, "parked", mark);
    }
    if ((await campaign.look(client, campaignArn).catch(goneOrThrow)) !== undefined) {
        // Nothing ever stands on a campaign, so no tags have to tell what may go with it.
        await remove(campaign, deps, client, { arn: campaignArn, what, pollSeconds, tags: {} });
    }
    return mark;
}
