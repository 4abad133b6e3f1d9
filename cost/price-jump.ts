import { approximately, priceNote } from "../config/prices.ts";
import { estimate, type PlannedStack, unparked } from "./estimate.ts";

/**
 * The largest increase of the estimated price for which config `monthlyLimitUsd` may be missing: by this factor, or by
 * this many US dollars a month.
 */
const factor = 2;
const dollars = 50;

/**
 * Returns why a change needs config `monthlyLimitUsd`; undefined if the change needs no limit. The default limit
 * follows the estimate, so neither budget nor cost guard would stop a mistake such as 1000 TPS.
 *
 * The estimates before and after the change count the campaign as running and use today's data, so parking, resuming
 * and new data are not such changes.
 */
export function priceJump(deployed: PlannedStack, planned: PlannedStack): string | undefined {
    const { interactions, bytes } = planned;
    const now = estimate({ ...deployed, interactions, bytes, ...unparked(deployed) });
    const next = estimate({ ...planned, ...unparked(planned) });
    if (next.expectedUsd <= factor * now.expectedUsd || next.expectedUsd <= now.expectedUsd + dollars) {
        return undefined;
    }
    const [largest] = next.monthly;
    return [
        `the stack would cost ${approximately(next.expectedUsd)} a month ${priceNote}, and as deployed it costs ` +
            `${approximately(now.expectedUsd)}. Without monthlyLimitUsd, budget and cost guard would allow that. Largest item:`,
        `  ${largest?.what}: ${approximately(largest?.expected ?? 0)} a month` +
            (largest?.lower === undefined ? "" : `. To lower it: ${largest.lower}`),
        `To allow it: pulumi config set monthlyLimitUsd ${Math.ceil(next.expectedUsd)}`,
    ].join("\n");
}
