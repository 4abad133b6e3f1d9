import { errorName } from "./campaign-lists.ts";
import type { Log, TablePort } from "./ports.ts";
import type { Resilience } from "./resilience.ts";

export interface AllowanceParts {
    readonly table: Pick<TablePort, "count">;
    readonly tableResilience: Pick<Resilience, "ask">;
    readonly clock: () => number;
    readonly log: Log;
    /** Campaign requests a second of all processes together; undefined: unlimited. */
    readonly perSecond: number | undefined;
}

/** Seconds of a window; a burst may use its requests at once. */
const windowSeconds = 10;
/** A process takes a tenth of a window's requests with one write. */
const parts = 10;
/** Seconds after which a count expires. */
const keptSeconds = 600;

/**
 * Campaign requests that unproven viewers may cause. The campaign bills each one above its minimum. A stranger
 * chooses viewers and parameters freely, so no cache limits them.
 */
export function campaignAllowance({ table, tableResilience, clock, log, perSecond }: AllowanceParts) {
    const limit = Math.ceil((perSecond ?? 0) * windowSeconds);
    const part = Math.max(1, Math.ceil(limit / parts));
    let window = { at: 0, left: 0, over: true };
    let taking: Promise<void> | undefined;

    async function take(into: typeof window): Promise<void> {
        const expiresAt = into.at * windowSeconds + keptSeconds;
        try {
            const total = await tableResilience.ask((signal) =>
                table.count("campaign", into.at, part, expiresAt, signal),
            );
            into.left = Math.max(0, part - Math.max(0, total - limit));
            into.over = total >= limit;
        } catch (error) {
            log({ failed: "count the campaign requests of unproven viewers", error: errorName(error) });
            // Without the table a process has one part.
            Object.assign(into, { left: part, over: true });
        }
    }

    /** Whether one more request is allowed. */
    return async function allowed(): Promise<boolean> {
        if (perSecond === undefined) return true;
        const at = Math.floor(clock() / (windowSeconds * 1000));
        if (at !== window.at) window = { at, left: 0, over: false };
        const current = window;
        while (current.left === 0 && !current.over) {
            taking ??= take(current).finally(() => {
                taking = undefined;
            });
            await taking;
        }
        if (current.left === 0) return false;
        current.left -= 1;
        return true;
    };
}

export type CampaignAllowance = ReturnType<typeof campaignAllowance>;
