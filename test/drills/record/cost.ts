import { campaignUsdPerHour, ingestionUsd, trainingUsd, type UsdRange } from "../../../config/prices.ts";

/** Hours that the campaign bills: it is deleted a few minutes after it became ACTIVE, and deleting takes up to 18. */
const campaignHours = { low: 1, high: 2 };
const recipe = "aws-user-personalization";

/** What one drill costs on AWS, in US dollars: an import, a training, and a campaign of 1 TPS for some minutes. */
export function drillUsd(data: { readonly bytes: number; readonly interactions: number }): UsdRange {
    const [ingestion, training, hourly] = [
        ingestionUsd(data.bytes),
        trainingUsd(recipe, data),
        campaignUsdPerHour(recipe, 1),
    ];
    return {
        low: ingestion + training.low + campaignHours.low * hourly,
        high: ingestion + training.high + campaignHours.high * hourly,
    };
}
