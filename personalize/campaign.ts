import {
    CreateCampaignCommand,
    DeleteCampaignCommand,
    DescribeCampaignCommand,
    paginateListCampaigns,
    UpdateCampaignCommand,
} from "@aws-sdk/client-personalize";
import { type CommonInputs, firstMatch, isUnknown, nameProblems, type ResourceKind, tagList } from "./resource.ts";

export interface CampaignInputs extends CommonInputs {
    readonly name: string;
    /**
     * The solution whose versions it serves. The service could move a campaign to another solution, but a
     * solution of the same name can only be replaced when no campaign stands on it.
     */
    readonly solutionArn: string;
    readonly solutionVersionArn: string;
    /** Transactions per second that are billed at least. */
    readonly minProvisionedTPS: number;
}

export const campaign: ResourceKind<CampaignInputs> = {
    noun: "campaign",
    usual: "8 to 10 minutes",
    replaces: ["region", "name", "solutionArn"],
    updates: ["solutionVersionArn", "minProvisionedTPS"],
    deleteBeforeReplace: true,
    taggable: true,
    nameOf: ({ name }) => name,
    problems: ({ name, minProvisionedTPS }) => [
        ...nameProblems("name", name),
        ...(isUnknown(minProvisionedTPS) || (Number.isInteger(minProvisionedTPS) && minProvisionedTPS >= 1)
            ? []
            : [
                  {
                      property: "minProvisionedTPS",
                      reason: `is ${minProvisionedTPS}; it must be a whole number of at least 1`,
                  },
              ]),
    ],
    async find(client, { name }) {
        const pages = paginateListCampaigns({ client }, {});
        const found = await firstMatch(
            pages,
            (page) => page.campaigns,
            (candidate) => candidate.name === name,
        );
        return found?.campaignArn;
    },
    async create(client, { name, solutionVersionArn, minProvisionedTPS, tags }) {
        const command = new CreateCampaignCommand({ name, solutionVersionArn, minProvisionedTPS, tags: tagList(tags) });
        return (await client.send(command)).campaignArn as string;
    },
    async look(client, campaignArn) {
        const { campaign: found } = await client.send(new DescribeCampaignCommand({ campaignArn }));
        const update = found?.latestCampaignUpdate;
        return {
            status: found?.status ?? "",
            since: found?.lastUpdatedDateTime,
            failureReason: found?.failureReason,
            properties: {
                name: found?.name,
                solutionArn: found?.solutionVersionArn?.split("/").slice(0, 2).join("/"),
                solutionVersionArn: found?.solutionVersionArn,
                minProvisionedTPS: found?.minProvisionedTPS,
            },
            update: update && { status: update.status ?? "", failureReason: update.failureReason },
        };
    },
    async update(client, campaignArn, { solutionVersionArn, minProvisionedTPS }) {
        const { campaign: found } = await client.send(new DescribeCampaignCommand({ campaignArn }));
        // The same again would start a deployment of minutes for nothing.
        if (found?.solutionVersionArn !== solutionVersionArn || found?.minProvisionedTPS !== minProvisionedTPS) {
            await client.send(new UpdateCampaignCommand({ campaignArn, solutionVersionArn, minProvisionedTPS }));
        }
    },
    async delete(client, campaignArn) {
        await client.send(new DeleteCampaignCommand({ campaignArn }));
    },
};
