import { type CampaignInputs, campaign } from "../campaign.ts";
import { lifecycle } from "../lifecycle.ts";
import {
    describeCampaign,
    nameOf,
    nowIso,
    type OperatedCampaign,
    type OperationDeps,
    regionOf,
    servedIn,
    settledCampaign,
    solutionOf,
} from "./operation.ts";
import { readStateFlags, type ServingFlag, writeStateFlag } from "./state-flags.ts";

export interface Switch extends OperatedCampaign {
    /** An ACTIVE version of the campaign's solution. */
    readonly solutionVersionArn: string;
    /** Whether `pulumi up` shall keep it there although there is a newer one. */
    readonly hold: boolean;
    readonly reason: string;
}

/**
 * Points a campaign at another version, in place: the old one serves until the new one does. What is noted of it comes
 * first, so that no `up` moves the campaign back. A switch that was cut short is gone on with by the same call.
 *
 * @returns what served before.
 * @throws Error when there is no campaign, or when the service refused or failed the update; the note is then set back.
 */
export async function switchVersion(deps: OperationDeps, wanted: Switch): Promise<string> {
    const { stack, campaignArn, solutionVersionArn, hold, reason } = wanted;
    const region = regionOf(campaignArn);
    const ssm = deps.ssm(region);
    const served = await settledCampaign(deps, wanted);
    if (served === undefined) {
        throw new Error(`There is no campaign ${nameOf(campaignArn)}. \`npm run watch-status\` says what there is.`);
    }
    const live = served.solutionVersionArn;
    const { serving: before } = await readStateFlags(ssm, stack);
    await writeStateFlag(ssm, stack, "serving", { solutionVersionArn, hold, reason, since: nowIso(), from: live });
    if (live === solutionVersionArn) {
        return live;
    }
    const { pollSeconds, deadlineMinutes } = wanted;
    const standing: CampaignInputs = {
        ...served,
        region,
        pollSeconds,
        deadlineMinutes,
        tags: {},
        name: nameOf(campaignArn),
        solutionArn: solutionOf(live),
    };
    const olds = { ...standing, status: "ACTIVE" };
    const news = { ...standing, solutionVersionArn };
    try {
        await lifecycle(campaign, deps).update(campaignArn, olds, { ...news });
    } catch (error) {
        const description = await describeCampaign(deps, campaignArn);
        const served = description && servedIn(description).solutionVersionArn;
        const underWay = /PENDING|IN_PROGRESS/.test(description?.update?.status ?? "");
        if (served === solutionVersionArn || underWay) {
            // Only the wait was cut short: what is noted is, or will be, true.
            throw error;
        }
        await writeStateFlag(ssm, stack, "serving", setBack(before, live, solutionVersionArn));
        const message = (error as Error).message;
        throw new Error(
            `The switch to version ${nameOf(solutionVersionArn)} failed, and ${nameOf(live)} goes on. ${message}`,
        );
    }
    return live;
}

/** What is noted after a failed switch: as it was before, with what happened as its reason. */
function setBack(before: ServingFlag | undefined, live: string, failed: string): ServingFlag {
    return {
        ...(before ?? { solutionVersionArn: live, hold: false }),
        reason: before?.hold ? before.reason : `the switch to ${nameOf(failed)} failed`,
        since: nowIso(),
        from: live,
        failed,
    };
}
