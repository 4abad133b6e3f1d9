import * as sdk from "@aws-sdk/client-personalize";
import {
    type CommonInputs,
    countProblems,
    firstNamed,
    nameProblems,
    type ResourceKind,
    requireArn,
    standing,
} from "./resource.ts";
import { tagList } from "./tags.ts";

export interface CampaignInputs extends CommonInputs {
    /** Name in Personalize: 1 to 63 letters, digits, `-` and `_`. */
    readonly name: string;
    /**
     * ARN of the solution whose versions the campaign serves. A change replaces the campaign, although Personalize can
     * move a campaign to another solution: a solution can be replaced by one of the same name only while no campaign
     * uses it.
     */
    readonly solutionArn: string;
    /** ARN of a version, or `<solution ARN>/$LATEST` to serve the newest one, including automatically trained ones. */
    readonly solutionVersionArn: string;
    /** Minimum provisioned transactions per second, always billed. Default: 1. */
    readonly minProvisionedTPS: number;
}

const followsLatest = (solutionVersionArn: string) => solutionVersionArn.endsWith("/$LATEST");

/**
 * Returns the parameters of CreateCampaign and UpdateCampaign. `$LATEST` needs `syncWithLatestSolutionVersion` (API
 * reference, CampaignConfig).
 */
const deployment = ({ solutionVersionArn, minProvisionedTPS }: CampaignInputs) => ({
    solutionVersionArn,
    minProvisionedTPS,
    campaignConfig: { syncWithLatestSolutionVersion: followsLatest(solutionVersionArn) },
});

/** Returns the configuration of a campaign or a campaign update, under the names of the inputs. */
function servedBy(campaign: sdk.Campaign | sdk.CampaignUpdateSummary | undefined) {
    const solutionArn = campaign?.solutionVersionArn?.split("/").slice(0, 2).join("/");
    const latest = campaign?.campaignConfig?.syncWithLatestSolutionVersion;
    return {
        solutionArn,
        solutionVersionArn: latest ? `${solutionArn}/$LATEST` : campaign?.solutionVersionArn,
        minProvisionedTPS: campaign?.minProvisionedTPS,
    };
}

export const campaign: ResourceKind<CampaignInputs> = {
    noun: "campaign",
    usual: "8 to 10 minutes",
    deadlineMinutes: 60,
    replaces: ["region", "name", "solutionArn"],
    updates: ["solutionVersionArn", "minProvisionedTPS"],
    identity: ["region", "name"],
    taggable: true,
    displayName: ({ name }) => name,
    defaults: () => ({ minProvisionedTPS: 1 }),
    problems: ({ name, minProvisionedTPS }) => [
        ...nameProblems(name),
        ...countProblems("minProvisionedTPS", "is", minProvisionedTPS),
    ],
    find: async (client, { name }) =>
        (await firstNamed(sdk.paginateListCampaigns({ client }, {}), "campaigns", name))?.campaignArn,
    async create(client, inputs) {
        const campaign = { name: inputs.name, ...deployment(inputs), tags: tagList(inputs.tags) };
        return requireArn((await client.send(new sdk.CreateCampaignCommand(campaign))).campaignArn);
    },
    async describe(client, campaignArn) {
        const { campaign: description } = await client.send(new sdk.DescribeCampaignCommand({ campaignArn }));
        const update = description?.latestCampaignUpdate;
        return {
            ...standing(description),
            properties: { name: description?.name, ...servedBy(description) },
            update: update && { ...standing(update), properties: servedBy(update) },
        };
    },
    async update(client, campaignArn, inputs) {
        const { campaign: description } = await client.send(new sdk.DescribeCampaignCommand({ campaignArn }));
        const { solutionVersionArn, minProvisionedTPS } = servedBy(description);
        // Skip an update without a change, because it would start a deployment of several minutes.
        if (solutionVersionArn !== inputs.solutionVersionArn || minProvisionedTPS !== inputs.minProvisionedTPS) {
            await client.send(new sdk.UpdateCampaignCommand({ campaignArn, ...deployment(inputs) }));
        }
    },
    delete: (client, campaignArn) => client.send(new sdk.DeleteCampaignCommand({ campaignArn })),
};
