import type { SSMClient } from "@aws-sdk/client-ssm";
import {
    campaign,
    type Description,
    goneOrThrow,
    type LifecycleDeps,
    verdictOn,
    waitFor,
} from "pulumi-personalize/core";
import type { ParkedFlag, ServingFlag } from "./state-flags.ts";

/** Dependencies of an operation on a running recommender; runbooks and Lambda functions pass them. */
export interface OperationDeps extends LifecycleDeps {
    readonly ssm: (region: string) => SSMClient;
}

/** The campaign of a stack, with the seconds between two polls of a wait for it. */
export interface OperatedCampaign {
    readonly stack: string;
    readonly campaignArn: string;
    readonly pollSeconds: number;
}

/** Version and minimum TPS of a campaign. */
export interface Served {
    readonly solutionVersionArn: string;
    readonly minProvisionedTPS: number;
}

/** Returns the region of an ARN; empty if it has none. */
export const regionOf = (arn: string) => arn.split(":")[3] ?? "";
/** Returns the last part of an ARN: a resource's name, or a solution version's id. */
export const nameInArn = (arn: string) => arn.split("/").at(-1) ?? arn;
/** Returns the solution of a version. */
export const solutionOf = (versionArn: string) => versionArn.slice(0, versionArn.lastIndexOf("/"));
/** Returns the current time, ISO 8601 in UTC. */
export const nowIso = () => new Date().toISOString();

/** Formats a flag's time, which is in ISO 8601. An operator may have written another text. */
const minuteOf = (since: string) => `${since.slice(0, 16).replace("T", " ")} UTC`;

/** Returns a sentence about a parked campaign, with the command that resumes it. */
export const parkedText = ({ since, reason }: Pick<ParkedFlag, "since" | "reason">) =>
    `the campaign has been parked since ${minuteOf(since)} (${reason}). To resume it: npm run resume`;

/** Returns a sentence about a campaign that is held at a version, with the command that ends the hold. */
export const heldText = ({ since, reason, solutionVersionArn }: Omit<ServingFlag, "hold">) =>
    `the campaign has been held at version ${nameInArn(solutionVersionArn)} since ${minuteOf(since)} (${reason}), so ` +
    "`pulumi up` keeps that version. To serve the newest version again: npm run rollback -- --release";

/** Returns the version and minimum TPS in a description of a campaign. */
export const toServed = ({ properties }: Description): Served => ({
    solutionVersionArn: String(properties.solutionVersionArn),
    minProvisionedTPS: Number(properties.minProvisionedTPS),
});

/** Returns the current campaign; undefined if none exists, or if it is being deleted. */
export async function describeCampaign(
    deps: Pick<LifecycleDeps, "client">,
    campaignArn: string,
): Promise<Description | undefined> {
    const description = await campaign.describe(deps.client(regionOf(campaignArn)), campaignArn).catch(goneOrThrow);
    return description?.status.startsWith("DELETE") ? undefined : description;
}

/**
 * Waits for all running changes of the campaign, and returns its version and minimum TPS; undefined if no campaign
 * exists.
 *
 * @throws Error if its creation failed, or after the deadline
 */
export function settledCampaign(deps: LifecycleDeps, operated: OperatedCampaign): Promise<Served | undefined> {
    const { campaignArn } = operated;
    const plan = {
        pollSeconds: operated.pollSeconds,
        deadlineMinutes: campaign.deadlineMinutes,
        what: `campaign ${nameInArn(campaignArn)}`,
        usual: campaign.usual,
        goOn: "The work continues in AWS; run the same command again to resume the wait.",
    };
    return waitFor(
        deps,
        plan,
        () => describeCampaign(deps, campaignArn),
        (description) => {
            const verdict = description === undefined ? { done: undefined } : verdictOn(description);
            return "done" in verdict ? { done: verdict.done && toServed(verdict.done) } : verdict;
        },
    );
}
