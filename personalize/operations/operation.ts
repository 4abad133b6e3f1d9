import type { SSMClient } from "@aws-sdk/client-ssm";
import { campaign } from "../campaign.ts";
import type { LifecycleDeps } from "../lifecycle.ts";
import { goneOrThrow } from "../remove.ts";
import type { Description } from "../resource.ts";
import { verdictOn } from "../verdict.ts";
import { waitFor } from "../wait.ts";

/** What an operation on a running recommender needs of the world; a runbook and a Lambda bring it alike. */
export interface OperationDeps extends LifecycleDeps {
    readonly ssm: (region: string) => SSMClient;
}

/** The campaign of a stack, and how to wait for it (seconds between two looks, minutes until the wait is given up). */
export interface OperatedCampaign {
    readonly stack: string;
    readonly campaignArn: string;
    readonly pollSeconds: number;
    readonly deadlineMinutes: number;
}

/** What a campaign serves. */
export interface Served {
    readonly solutionVersionArn: string;
    readonly minProvisionedTPS: number;
}

export const regionOf = (arn: string) => arn.split(":")[3] ?? "";
export const nameOf = (arn: string) => arn.split("/").at(-1) ?? arn;
/** The solution of a version. */
export const solutionOf = (versionArn: string) => versionArn.slice(0, versionArn.lastIndexOf("/"));
export const nowIso = () => new Date().toISOString();

/** What a look at a campaign says that it serves. */
export const servedIn = ({ properties }: Description): Served => ({
    solutionVersionArn: String(properties.solutionVersionArn),
    minProvisionedTPS: Number(properties.minProvisionedTPS),
});

/** The campaign as it stands; undefined when there is none, or one that is on its way out. */
export async function describeCampaign(
    deps: Pick<LifecycleDeps, "client">,
    campaignArn: string,
): Promise<Description | undefined> {
    const description = await campaign.describe(deps.client(regionOf(campaignArn)), campaignArn).catch(goneOrThrow);
    return description?.status.startsWith("DELETE") ? undefined : description;
}

/**
 * What the campaign serves once nothing changes it any more; undefined when there is none.
 *
 * @throws Error when its creation failed, or when the deadline passed.
 */
export function settledCampaign(deps: LifecycleDeps, operated: OperatedCampaign): Promise<Served | undefined> {
    const { campaignArn } = operated;
    const plan = {
        ...operated,
        what: `campaign ${nameOf(campaignArn)}`,
        usual: campaign.usual,
        goOn: "It goes on in AWS; run the same command again to go on with it.",
    };
    return waitFor(
        deps,
        plan,
        () => describeCampaign(deps, campaignArn),
        (description) => {
            const verdict = description === undefined ? { done: undefined } : verdictOn(description);
            return "done" in verdict ? { done: verdict.done && servedIn(verdict.done) } : verdict;
        },
    );
}
