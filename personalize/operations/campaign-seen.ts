import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import type { ObservedCampaign } from "../../cost/observations.ts";
import { goneOrThrow } from "../remove.ts";

/** A campaign as the cost guard counts it, and ARN of the version that it serves; undefined where there is none that bills. */
export async function observeCampaign(
    client: PersonalizeClient,
    campaignArn: string,
): Promise<(ObservedCampaign & { readonly solutionVersionArn: string }) | undefined> {
    const { campaign } = (await client.send(new DescribeCampaignCommand({ campaignArn })).catch(goneOrThrow)) ?? {};
    return campaign === undefined || campaign.status === "CREATE FAILED"
        ? undefined
        : {
              status: campaign.status ?? "",
              createdAt: campaign.creationDateTime?.getTime() ?? 0,
              updatedAt: campaign.lastUpdatedDateTime?.getTime() ?? 0,
              minProvisionedTPS: campaign.minProvisionedTPS ?? 1,
              solutionVersionArn: campaign.solutionVersionArn ?? "",
          };
}
