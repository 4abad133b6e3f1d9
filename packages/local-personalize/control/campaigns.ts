import { inUse, invalidInput, limitExceeded, notFound } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkMetadata } from "./datasets.ts";
import { type Add, createKindHandlers } from "./handlers.ts";
import type { CampaignProperties, Deployment } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import { beginDelete, type Call, computePhase, type Handler, need, needActive } from "./resources.ts";
import type { Phase } from "./states.ts";
import type { Resource } from "./store.ts";
import { beginUpdate, updateOf } from "./updates.ts";

type Campaign = Resource<CampaignProperties>;

/** The most requests a second of a campaign (Developer Guide, "Amazon Personalize endpoints and quotas"). */
const mostTps = 500;

function checkTps(minProvisionedTPS: number): void {
    if (minProvisionedTPS <= mostTps) return;
    throw limitExceeded(`minProvisionedTPS can be at most ${mostTps}, and is ${minProvisionedTPS}.`);
}

const createCampaign = (call: Call, input: Partial<Deployment> & { solutionVersionArn: string }, add: Add) => {
    const { minProvisionedTPS = 1 } = input;
    checkTps(minProvisionedTPS);
    const version = deployableVersion(call, input.solutionVersionArn, input.campaignConfig);
    const siblings = call.store
        .list("solution", call.region, groupOf(call, version.parent))
        .flatMap((solution) => findCampaigns(call, solution.arn));
    const properties: CampaignProperties = { ...input, solutionVersionArn: version.arn, minProvisionedTPS };
    return add({ properties, siblings });
};

const updateCampaign: Handler = (call, input: Partial<Deployment> & { campaignArn: string }) => {
    const campaign = need<CampaignProperties>(call, "campaign", input.campaignArn);
    const { status } = campaignPhase(call, campaign);
    if (status !== "ACTIVE" && status !== "CREATE FAILED") {
        throw inUse(`The campaign ${campaign.arn} is ${status}; it must be ACTIVE or CREATE FAILED.`);
    }
    const current = deployed(call, campaign);
    const campaignConfig = input.campaignConfig ?? current.campaignConfig;
    const versionArn = input.solutionVersionArn ?? current.solutionVersionArn;
    const version = deployableVersion(call, versionArn, input.campaignConfig);
    const minProvisionedTPS = input.minProvisionedTPS ?? current.minProvisionedTPS;
    checkTps(minProvisionedTPS);
    const before = call.store.find(call.region, current.solutionVersionArn)?.properties.recipeArn;
    if (before !== undefined && before !== version.properties.recipeArn) {
        call.options.log(
            `warning: ${campaign.arn} changes its recipe from ${before} to ${version.properties.recipeArn}. AWS does not document whether UpdateCampaign accepts that`,
        );
    }
    const update = beginUpdate(call, campaign, {
        ...{ solutionVersionArn: version.arn, minProvisionedTPS },
        ...(campaignConfig && { campaignConfig }),
    });
    // A later successful update removes the failure of the creation.
    const past = status === "ACTIVE" ? null : campaign.failure;
    call.store.save({ ...campaign, failure: past, properties: { ...current, update } });
    return { campaignArn: campaign.arn };
};

function listCampaigns(call: Call, solutionArn: string | undefined): Campaign[] {
    if (solutionArn === undefined) return call.store.list<CampaignProperties>("campaign", call.region);
    const campaigns = findCampaigns(call, solutionArn.replace(versionPart, "$1"));
    // AWS's samples pass the ARN of a solution version as `solutionArn`.
    return versionPart.test(solutionArn)
        ? campaigns.filter((campaign) => deployed(call, campaign).solutionVersionArn === solutionArn)
        : campaigns;
}

const versionPart = /(:solution\/[^/]+)\/.*$/;

/** Returns the campaigns that have deployed, or are being updated to, a version of this solution. */
export function findCampaigns(call: Call, solutionArn: string): Campaign[] {
    const campaigns = call.store.list<CampaignProperties>("campaign", call.region);
    return campaigns.filter((campaign) =>
        [deployed(call, campaign), campaign.properties.update].some((deployment) =>
            deployment?.solutionVersionArn.startsWith(`${solutionArn}/`),
        ),
    );
}

/**
 * Returns the current deployment: that of the last update if it has succeeded, otherwise the earlier one. With
 * syncWithLatestSolutionVersion, it contains the newest ACTIVE version.
 */
export function deployed(call: Call, campaign: Campaign): Deployment {
    const { update, ...before } = campaign.properties;
    const { createdAt: _, failure: __, ...updated } = update ?? { createdAt: 0 };
    const current = update && updateOf(call, campaign)?.status === "ACTIVE" ? (updated as Deployment) : before;
    if (!current.campaignConfig?.syncWithLatestSolutionVersion) return current;
    const version = call.store.find(call.region, current.solutionVersionArn);
    const latest = latestActiveVersion(call, version?.parent ?? "");
    return latest ? { ...current, solutionVersionArn: latest.arn } : current;
}

/** Returns the state of a campaign. If its creation failed and its update succeeded, the campaign is ACTIVE. */
export function campaignPhase(call: Call, campaign: Campaign): Phase {
    const phase = computePhase(call, campaign);
    const update = updateOf(call, campaign);
    return phase.status === "CREATE FAILED" && update?.status === "ACTIVE" ? update : phase;
}

function deployableVersion(call: Call, arn: string, config: Deployment["campaignConfig"]): Resource {
    const solutionArn = arn.match(/^(.*)\/\$LATEST$/)?.[1];
    if (config?.syncWithLatestSolutionVersion && solutionArn === undefined) {
        throw invalidInput(
            "syncWithLatestSolutionVersion needs the solution version ARN in the form <solution ARN>/$LATEST.",
        );
    }
    const version =
        solutionArn === undefined
            ? needActive(call, "solution-version", arn)
            : latestActiveVersion(call, need(call, "solution", solutionArn).arn);
    if (!version) throw notFound("solution version", arn);
    checkMetadata(call, config, groupOf(call, version.parent));
    checkExploration(config, String(version.properties.recipeArn));
    if (recipeTypeOf(String(version.properties.recipeArn)) === "USER_SEGMENTATION") {
        throw invalidInput("A USER_SEGMENTATION recipe cannot be deployed: use CreateBatchSegmentJob.");
    }
    return version;
}

const latestActiveVersion = (call: Call, solutionArn: string) =>
    call.store
        .list("solution-version", call.region, solutionArn)
        .findLast((version) => computePhase(call, version).status === "ACTIVE");

const groupOf = (call: Call, solutionArn: string | null) =>
    call.store.find(call.region, solutionArn ?? "")?.parent ?? "";

export const campaignHandlers: Record<string, Handler> = {
    ...createKindHandlers<CampaignProperties>("campaign", {
        parent: "solutionArn",
        create: createCampaign,
        view: deployed,
        phase: campaignPhase,
        list: listCampaigns,
        remove: beginDelete,
    }),
    UpdateCampaign: updateCampaign,
};
