import { billedWindowMs } from "../../config/throttles.ts";
import type { CampaignPort } from "./ports.ts";

/**
 * Takes calls from a window's rest, for one process. `window` counts windows of five minutes since 1970. Returns whether
 * the window had enough left.
 */
export type TakeCalls = (window: number, calls: number, most: number, signal: AbortSignal) => Promise<boolean>;

/** The error of a call above the bound. Its name is the one of Personalize's own throttling. */
export class CampaignBoundError extends Error {
    override readonly name = "ThrottlingException";
    constructor() {
        super("the API has used its calls of the campaign for these five minutes");
    }
}

/** Calls that a process takes at once, so that most calls need no write of the table. */
const leased = (most: number) => Math.max(1, Math.min(20, Math.floor(most / 50)));

/**
 * The campaign, with at most `most` calls in five minutes by all processes together. A campaign bills the average use
 * of five minutes. Without a bound, a stranger who invents viewers scales it up to the API's rate. A failing table does
 * not stop calls.
 */
export function boundedCampaign(
    campaign: CampaignPort,
    most: number | undefined,
    take: TakeCalls,
    clock: () => number,
): CampaignPort {
    if (most === undefined) return campaign;
    let lease = { window: 0, left: 0, isSpent: false };

    async function mayCall(signal: AbortSignal): Promise<boolean> {
        const window = Math.floor(clock() / billedWindowMs);
        if (lease.window !== window) lease = { window, left: 0, isSpent: false };
        const own = lease;
        if (own.left === 0 && !own.isSpent) {
            const calls = leased(most ?? 0);
            const isTaken = await take(window, calls, most ?? 0, signal).catch(() => undefined);
            if (isTaken === undefined) return true;
            if (isTaken) own.left += calls;
            else own.isSpent = true;
        }
        if (own.left === 0) return false;
        own.left -= 1;
        return true;
    }

    return {
        ...campaign,
        async ask(asked, signal) {
            if (!(await mayCall(signal))) throw new CampaignBoundError();
            return campaign.ask(asked, signal);
        },
    };
}
