import { errorName } from "./failures.ts";
import { limits } from "./limits.ts";
import type { Log, TablePort } from "./ports.ts";
import { type Resilience, within } from "./resilience.ts";

export interface AllowanceParts {
    readonly table: Pick<TablePort, "count">;
    readonly tableResilience: Pick<Resilience, "later">;
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
    let window: Window = { at: 0, left: 0, over: true };

    /** Counts one more part. `granted` requests of it are in `left` already. */
    async function count(into: Window, granted: number): Promise<void> {
        const expiresAt = into.at * windowSeconds + keptSeconds;
        try {
            const total = await tableResilience.later((signal) =>
                table.count("campaign", into.at, part, expiresAt, signal),
            );
            const excess = Math.min(part, Math.max(0, total - limit));
            into.left = Math.max(0, into.left + part - granted - excess);
            into.over = total >= limit;
        } catch (error) {
            log({ failed: "count the campaign requests of unproven viewers", error: errorName(error) });
            // Without the table a process has one part.
            into.over = true;
        }
    }

    function take(into: Window, granted: number): void {
        into.taking = count(into, granted).finally(() => {
            into.taking = undefined;
        });
    }

    /** Whether one more request is allowed. */
    return async function allowed(): Promise<boolean> {
        if (perSecond === undefined) return true;
        const at = Math.floor(clock() / (windowSeconds * 1000));
        if (at !== window.at) {
            // The first part is granted at once, because a write of the table would delay each window's first list.
            window = { at, left: part, over: false };
            take(window, part);
        }
        const current = window;
        if (current.taking === undefined && !current.over && current.left <= part / 2) take(current, 0);
        const counted = current.taking;
        if (current.left === 0 && counted !== undefined) {
            await within(limits.table, () => counted).catch(() => undefined);
        }
        if (current.left === 0) return false;
        current.left -= 1;
        return true;
    };
}

interface Window {
    /** Number of windows since 1970. */
    readonly at: number;
    /** Requests that this process may still cause. */
    left: number;
    /** Whether all processes together have used the window. */
    over: boolean;
    /** The count that this process waits for. */
    taking?: Promise<void> | undefined;
}

export type CampaignAllowance = ReturnType<typeof campaignAllowance>;
