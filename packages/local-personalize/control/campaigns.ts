import { inUse, invalidInput, notFound } from "../errors.ts";
import { checkExploration } from "../serving/explore.ts";
import { checkMetadata } from "./datasets.ts";
import type { CampaignProperties, Deployment, Tag } from "./properties.ts";
import { recipeTypeOf } from "./recipes.ts";
import {
    beginDelete,
    type Call,
    checkQuota,
    create,
    failureOf,
    type Handler,
    need,
    needActive,
    type PageInput,
    pageOf,
    phaseOf,
    vitals,
} from "./resources.ts";
import type { Phase } from "./states.ts";
import type { Resource } from "./store.ts";
import { checkedTags } from "./tags.ts";
import { isUnderWayIn, updatePhase, updateSummary } from "./updates.ts";

type Campaign = Resource<CampaignProperties>;

interface CreateInput extends Partial<Deployment> {
    name: string;
    solutionVersionArn: string;
    tags?: Tag[];
}

const createCampaign: Handler = (call, input: CreateInput) => {
    const { name, minProvisionedTPS = 1, campaignConfig } = input;
    const version = deployableVersion(call, input.solutionVersionArn, campaignConfig);
    const tags = checkedTags(input.tags);
    const siblings = call.store
        .list("solution", call.region, groupOf(call, version.parent))
        .flatMap((solution) => campaignsOf(call, solution.arn));
    checkQuota(call, siblings, "campaign");
    const properties: CampaignProperties = {
        solutionVersionArn: version.arn,
        minProvisionedTPS,
        ...(campaignConfig && { campaignConfig }),
    };
    const { arn } = create(call, { kind: "campaign", tail: `campaign/${name}`, name, properties }, tags);
    return { campaignArn: arn };
};

const updateCampaign: Handler = (call, input: Partial<Deployment> & { campaignArn: string }) => {
    const campaign = need<CampaignProperties>(call, "campaign", input.campaignArn);
    const { status } = campaignPhase(call, campaign);
    if (status !== "ACTIVE" && status !== "CREATE FAILED") {
        throw inUse(`The campaign ${campaign.arn} is ${status}; it must be ACTIVE or CREATE FAILED.`);
    }
    if (isUpdating(call, campaign)) {
        throw inUse(`The campaign ${campaign.arn} is being updated. Wait until latestCampaignUpdate has ended.`);
    }
    const current = deployed(call, campaign);
    const campaignConfig = input.campaignConfig ?? current.campaignConfig;
    const version = deployableVersion(
        call,
        input.solutionVersionArn ?? current.solutionVersionArn,
        input.campaignConfig,
    );
    const failure = failureOf(call);
    const update = {
        solutionVersionArn: version.arn,
        minProvisionedTPS: input.minProvisionedTPS ?? current.minProvisionedTPS,
        ...(campaignConfig && { campaignConfig }),
        createdAt: call.now,
        ...(failure !== null && { failure }),
    };
    // A later successful update removes the failure of the creation.
    const past = status === "ACTIVE" ? null : campaign.failure;
    call.store.save({ ...campaign, failure: past, properties: { ...current, update } });
    return { campaignArn: campaign.arn };
};

const describeCampaign: Handler = (call, input: { campaignArn: string }) => {
    const campaign = need<CampaignProperties>(call, "campaign", input.campaignArn);
    const { update } = campaign.properties;
    const phase = updateOf(call, campaign);
    return {
        campaign: {
            ...summary(call, campaign),
            ...deployed(call, campaign),
            ...(update && phase && { latestCampaignUpdate: updateSummary(update, phase) }),
        },
    };
};

const listCampaigns: Handler = (call, input: PageInput & { solutionArn?: string }) => {
    const { solutionArn } = input;
    const all = solutionArn ? campaignsOf(call, solutionArn.replace(versionPart, "$1")) : undefined;
    // AWS's samples pass the ARN of a solution version as `solutionArn`.
    const campaigns = versionPart.test(solutionArn ?? "")
        ? all?.filter((campaign) => deployed(call, campaign).solutionVersionArn === solutionArn)
        : all;
    const { page, ...token } = pageOf(
        campaigns ?? call.store.list<CampaignProperties>("campaign", call.region),
        input,
        `ListCampaigns ${input.solutionArn}`,
    );
    return { campaigns: page.map((campaign) => summary(call, campaign)), ...token };
};

const versionPart = /(:solution\/[^/]+)\/.*$/;

const deleteCampaign: Handler = (call, input: { campaignArn: string }) => {
    beginDelete(call, need(call, "campaign", input.campaignArn));
};

export const campaignHandlers: Record<string, Handler> = {
    CreateCampaign: createCampaign,
    UpdateCampaign: updateCampaign,
    DescribeCampaign: describeCampaign,
    ListCampaigns: listCampaigns,
    DeleteCampaign: deleteCampaign,
};

/** Returns the campaigns that have deployed, or are being updated to, a version of this solution. */
export function campaignsOf(call: Call, solutionArn: string): Campaign[] {
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

/**
 * Returns the state of the last update; undefined if there was none. Its statuses are those of a creation, such as
 * CREATE IN_PROGRESS.
 */
function updateOf(call: Call, campaign: Campaign) {
    const { update } = campaign.properties;
    return update && updatePhase(call, campaign.kind, update);
}

/** Checks whether an update of the campaign is running. */
export const isUpdating = (call: Call, campaign: Campaign) =>
    isUnderWayIn(updateOf(call, campaign)?.status ?? "ACTIVE");

/** Returns the state of a campaign. If its creation failed and its update succeeded, the campaign is ACTIVE. */
export function campaignPhase(call: Call, campaign: Campaign): Phase {
    const phase = phaseOf(call, campaign);
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
        .findLast((version) => phaseOf(call, version).status === "ACTIVE");

const groupOf = (call: Call, solutionArn: string | null) =>
    call.store.find(call.region, solutionArn ?? "")?.parent ?? "";

const summary = (call: Call, campaign: Campaign) => ({
    name: campaign.name,
    campaignArn: campaign.arn,
    ...vitals(call, campaign, campaignPhase(call, campaign)),
});
