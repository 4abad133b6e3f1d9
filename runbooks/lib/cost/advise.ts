import type { CloudWatchClient } from "@aws-sdk/client-cloudwatch";
import { DescribeCampaignCommand, type PersonalizeClient } from "@aws-sdk/client-personalize";
import { type Advice, adviseMinimum } from "../../../cost/advice.ts";
import { day } from "../../../cost/time.ts";
import { requestWindows } from "../../../personalize/operations/observe-campaign.ts";
import { goneOrThrow } from "../../../personalize/remove.ts";

/**
 * The cheapest minimum that last week's traffic allows; undefined while there is no campaign, and where CloudWatch may
 * not be asked: then `warn` is told why. Only said, never applied.
 */
export async function adviceOn(
    clients: { readonly personalize: PersonalizeClient; readonly cloudwatch: CloudWatchClient },
    campaignArn: string,
    recipe: string | undefined,
    now: number,
    warn: (why: string) => void,
): Promise<Advice | undefined> {
    if (campaignArn === "") {
        return undefined;
    }
    try {
        const describe = new DescribeCampaignCommand({ campaignArn });
        const { campaign } = (await clients.personalize.send(describe).catch(goneOrThrow)) ?? {};
        if (campaign === undefined) {
            return undefined;
        }
        const requests = await requestWindows(clients.cloudwatch, campaignArn, now - 7 * day, now);
        return adviseMinimum(now, { recipe, minProvisionedTPS: campaign.minProvisionedTPS ?? 1 }, requests);
    } catch (error) {
        warn(error instanceof Error ? `${error.name}: ${error.message}` : String(error));
        return undefined;
    }
}
