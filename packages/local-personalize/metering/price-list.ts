/**
 * US dollars that Amazon Personalize bills (US price, unverified).
 * The emulator has its own list, as AWS does: a bill from the program's prices could not contradict them.
 */
export const priceList = {
    /** One GB imported or streamed. */
    dataIngestionGb: 0.05,
    /** One training hour, recipes other than v2. */
    trainingHour: 0.24,
    /** 1,000 interactions considered in training, v2 recipes. */
    trainingInteractionsV2: 0.002,
    /** 1,000 requests, v2 recipes. */
    requestsV2: 0.15,
    /** One TPS-hour, by the region's earlier TPS-hours of the month, recipes other than v2. */
    tpsHourTiers: [
        { from: 0, to: 20_000, usd: 0.2 },
        { from: 20_000, to: 200_000, usd: 0.1 },
        { from: 200_000, to: Number.POSITIVE_INFINITY, usd: 0.05 },
    ],
};

/** The service's name on the bill, in Cost Explorer and in AWS Budgets. */
export const billedService = "Amazon Personalize";

/** Whether a recipe (name or ARN) has v2 billing: by request and by interaction. */
export function hasV2Billing(recipe: string | undefined): boolean {
    return recipe?.endsWith("-v2") ?? false;
}
