import { type CampaignInputs, campaign, lifecycle } from "pulumi-personalize/core";
import { messageOf } from "terminal-text";
import {
    describeCampaign,
    nameInArn,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    settledCampaign,
    solutionOf,
    toServed,
} from "./operation.ts";
import { readStateFlags, type ServingFlag, writeStateFlag } from "./state-flags.ts";

export interface Switch extends OperatedCampaign {
    /** An ACTIVE version of the campaign's solution. */
    readonly solutionVersionArn: string;
    /** Whether `pulumi up` keeps the campaign at this version although a newer one exists. */
    readonly hold: boolean;
    readonly reason: string;
    /** The version that a retraining did not serve because the quality gate refused it. */
    readonly refused?: string;
}

/**
 * Switches a campaign to another version in place: the old version serves until the new one is ready. Writes the state
 * flag first, so that no `pulumi up` moves the campaign back. A repeated call resumes an interrupted switch.
 *
 * @returns the version that the campaign served before
 * @throws Error if no campaign exists, or if the update was rejected or failed; then the function restores the flag
 */
export async function switchVersion(deps: OperationDeps, wanted: Switch): Promise<string> {
    const { stack, campaignArn, solutionVersionArn, hold, reason, refused } = wanted;
    const region = regionOf(campaignArn);
    const ssm = deps.ssm(region);
    const served = await settledCampaign(deps, wanted);
    if (served === undefined) {
        throw new Error(`There is no campaign ${nameInArn(campaignArn)}. \`npm run watch-status\` shows the stack.`);
    }
    const live = served.solutionVersionArn;
    const { serving: before } = await readStateFlags(ssm, stack);
    const flag = { solutionVersionArn, hold, reason, since: nowIso(), from: live, ...(refused && { refused }) };
    await writeStateFlag(ssm, stack, "serving", flag);
    if (live === solutionVersionArn) return live;
    const standing: CampaignInputs = {
        ...served,
        region,
        pollSeconds: wanted.pollSeconds,
        deadlineMinutes: campaign.deadlineMinutes,
        tags: {},
        name: nameInArn(campaignArn),
        solutionArn: solutionOf(live),
    };
    const olds = { ...standing, status: "ACTIVE" };
    const news = { ...standing, solutionVersionArn };
    try {
        await lifecycle(campaign, deps).update(campaignArn, olds, { ...news });
    } catch (error) {
        const description = await describeCampaign(deps, campaignArn);
        const served = description && toServed(description).solutionVersionArn;
        const underWay = /PENDING|IN_PROGRESS/.test(description?.update?.status ?? "");
        if (served === solutionVersionArn || underWay) {
            // Leave the state flag `serving` unchanged, because the campaign's update continues and only the wait for
            // it was interrupted.
            throw error;
        }
        await writeStateFlag(ssm, stack, "serving", setBack(before, live, solutionVersionArn));
        throw new Error(
            `The switch to version ${nameInArn(solutionVersionArn)} failed; the campaign keeps serving ${nameInArn(live)}. ${messageOf(error)}`,
        );
    }
    return live;
}

/** Returns the flag after a failed switch: the previous one, with the failure as its reason. */
function setBack(before: ServingFlag | undefined, live: string, failed: string): ServingFlag {
    return {
        ...(before ?? { solutionVersionArn: live, hold: false }),
        reason: before?.hold ? before.reason : `the switch to ${nameInArn(failed)} failed`,
        since: nowIso(),
        from: live,
        failed,
    };
}
