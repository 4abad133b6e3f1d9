import { setTimeout as sleep } from "node:timers/promises";
import { limits } from "../../app/serving/limits.ts";
import type { Call } from "./call.ts";
import { type Asked, type LoadShape, load } from "./load.ts";
import type { CampaignState, Simulated } from "./simulated.ts";

export interface OutageStep {
    readonly what: string;
    readonly requests: readonly Asked[];
}

/**
 * The states through which the campaign goes in this bench, in order. The recreated campaign serves another version.
 */
const life: readonly { readonly what: string; readonly state: CampaignState; readonly version: number }[] = [
    { what: "throttled", state: "throttled", version: 1 },
    { what: "fine again", state: "fine", version: 1 },
    { what: "deleted", state: "deleted", version: 1 },
    { what: "recreated", state: "fine", version: 2 },
];

/**
 * Sends requests while the campaign is throttled, deleted and recreated. Every second viewer is new. Each phase has two
 * halves: in the first half, the function detects the change of the campaign, and in the second half it uses the new
 * state. Between the halves, the bench waits until the function's pause after failed calls is over, and sets the clock
 * past the function's next check of the campaign.
 */
export async function outages(
    callers: readonly Call[],
    { harness }: Simulated,
    shape: LoadShape,
): Promise<OutageStep[]> {
    const steps: OutageStep[] = [];
    for (const [at, { what, state, version }] of life.entries()) {
        Object.assign(harness, { state, version });
        const timedCalls: Asked[] = [];
        for (const half of [0, 1]) {
            const nameOf = (rank: number) => (rank % 2 === 0 ? shape.nameOf(rank) : `new-${at}-${half}-${rank}`);
            const requests = Math.ceil(shape.requests / 2);
            timedCalls.push(...(await load(callers, { ...shape, requests, nameOf, seed: shape.seed + 2 * at + half })));
            await sleep(limits.resting + 100);
            harness.now += limits.campaignChecked + limits.campaignRead;
        }
        steps.push({ what, requests: timedCalls });
    }
    return steps;
}
