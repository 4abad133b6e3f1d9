import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { goneOrThrow } from "pulumi-personalize/core";
import { type Advice, adviseMinimum } from "../../../cost/advice.ts";
import { day } from "../../../cost/time.ts";
import { requestWindows } from "../../../personalize/operations/observe-campaign.ts";

/**
 * Returns the cheapest minimum TPS for last week's traffic; undefined without a campaign. The program does not apply
 * this value automatically. Throws the errors of Personalize and CloudWatch.
 */
export async function adviseTps(
    clients: { readonly personalize: PersonalizeClient; readonly cloudwatch: CloudWatchClient },
    campaignArn: string,
    recipe: string | undefined,
    now: number,
): Promise<Advice | undefined> {
    if (campaignArn === "") {
        return undefined;
    }
    const describe = new DescribeCampaignCommand({ campaignArn });
    const { campaign } = (await clients.personalize.send(describe).catch(goneOrThrow)) ?? {};
    if (campaign === undefined) {
        return undefined;
    }
    const requests = await requestWindows(clients.cloudwatch, campaignArn, now - 7 * day, now);
    return adviseMinimum(now, { recipe, minProvisionedTPS: campaign.minProvisionedTPS ?? 1 }, requests);
}
