import type { StackConfig } from "../../../config/config.ts";
import {
    approximately,
    autoTrainingUsdPerMonth,
    campaignUsdPerMonth,
    ingestionUsd,
    priceNote,
    storageUsdPerMonth,
    trainingUsd,
    type UsdRange,
} from "../../../config/prices.ts";
import type { DataSize } from "./stack.ts";

export interface Forecast {
    /** Minutes until the campaign is ACTIVE, observed with up to a million interactions. */
    readonly minutes: { readonly low: number; readonly high: number };
    readonly onceUsd: UsdRange;
    readonly monthlyUsd: UsdRange;
    readonly sentence: string;
}

/** Minutes of each step on AWS, observed with up to a million interactions. */
export const observedMinutes = {
    groupAndDataset: { low: 1, high: 2 },
    import: { low: 2, high: 17 },
    training: { low: 20, high: 58 },
    campaign: { low: 8, high: 10 },
};

const nothing = { low: 0, high: 0 };

/** Returns the time and cost of the first `up`. */
export function forecast(config: StackConfig, data: DataSize): Forecast {
    const { recipe, performAutoTraining, autoTrainingDays, performAutoML, campaignEnabled, minProvisionedTPS } = config;
    const total = (ranges: readonly { low: number; high: number }[]) => ({
        low: ranges.reduce((sum, { low }) => sum + low, 0),
        high: ranges.reduce((sum, { high }) => sum + high, 0),
    });
    const exact = (usd: number) => ({ low: usd, high: usd });
    const { campaign, ...steps } = observedMinutes;
    const minutes = total([...Object.values(steps), campaignEnabled ? campaign : nothing]);
    const onceUsd = total([exact(ingestionUsd(data.bytes)), trainingUsd(recipe, data)]);
    const monthlyUsd = total([
        exact(campaignEnabled ? campaignUsdPerMonth(recipe, minProvisionedTPS) : 0),
        exact(storageUsdPerMonth("s3Storage", data.bytes)),
        performAutoTraining ? autoTrainingUsdPerMonth(recipe, data.interactions, autoTrainingDays) : nothing,
    ]);
    const training = performAutoML
        ? "import and training; more, because AutoML trains several recipes"
        : "import and training";
    const monthly = [
        campaignEnabled ? "the campaign, even without requests" : "no campaign",
        ...(performAutoTraining ? [`a training every ${autoTrainingDays} days`] : []),
    ].join(", and ");
    return {
        minutes,
        onceUsd,
        monthlyUsd,
        sentence:
            `\`pulumi up\` takes about ${minutes.low} to ${minutes.high} minutes on AWS, costs ` +
            `${approximately(onceUsd)} once (${training}), and after that ${approximately(monthlyUsd)} a month ` +
            `(${monthly}) until \`pulumi destroy\` ${priceNote}. \`pulumi preview\` lists the cost of the other resources.`,
    };
}
