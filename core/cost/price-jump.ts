import { approximately, priceNote } from "../config/prices.ts";
import { estimate, lineText } from "./estimate.ts";
import { type PlannedStack, unparked } from "./planned-stack.ts";

/**
 * A change needs config `monthlyLimitUsd` if the estimated price grows by more than this factor, and also by more than
 * this many US dollars a month.
 */
const factor = 2;
const dollars = 50;

/**
 * Returns why a change needs config `monthlyLimitUsd`; undefined if the change needs no limit. The default limit
 * follows the estimate, so neither budget nor cost guard would stop a mistake such as 1000 TPS.
 *
 * Both estimates, before and after the change, assume that the campaign runs, and use the size of today's data.
 * Therefore parking, resuming and new data never need a limit.
 */
export function priceJump(deployed: PlannedStack, planned: PlannedStack): string | undefined {
    const { interactions, bytes } = planned;
    const now = estimate({ ...deployed, interactions, bytes, ...unparked(deployed) });
    const next = estimate({ ...planned, ...unparked(planned) });
    if (next.expectedUsd <= factor * now.expectedUsd || next.expectedUsd <= now.expectedUsd + dollars) return undefined;
    return [
        `the stack would cost ${approximately(next.expectedUsd)} a month ${priceNote}, and as deployed it costs ` +
            `${approximately(now.expectedUsd)}. Without monthlyLimitUsd, budget and cost guard would allow that. Largest item:`,
        ...next.monthly.slice(0, 1).map(lineText),
        `To allow it: pulumi config set monthlyLimitUsd ${Math.ceil(next.expectedUsd)}`,
    ].join("\n");
}
