import type { StackConfig } from "../../config/config.ts";
import { approximately, autoTrainingUsdPerMonth, priceNote } from "../../config/prices.ts";

/** What automatic training costs a month, in a sentence for preview and up; a CSV's first line is its header. */
export function autoTrainingPrice(
    { recipe, autoTrainingDays }: Pick<StackConfig, "recipe" | "autoTrainingDays">,
    csvLines: number,
): string {
    const interactions = Math.max(0, csvLines - 1);
    const every = autoTrainingDays === 1 ? "every day" : `every ${autoTrainingDays} days`;
    const sum = approximately(autoTrainingUsdPerMonth(recipe, interactions, autoTrainingDays));
    return `automatic training ${every}: ${sum} a month for ${interactions.toLocaleString("en-US")} interactions ${priceNote}`;
}
