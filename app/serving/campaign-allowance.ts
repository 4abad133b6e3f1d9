import type { CountedAddress } from "./addresses.ts";
import type { Context } from "./context.ts";
import { errorName } from "./failures.ts";
import { campaignCallsPerViewer, limits, shareOfAddress } from "./limits.ts";
import { periodCounts } from "./period-counts.ts";
import { withTimeout } from "./resilience.ts";

export interface AllowanceParts extends Context {
    /**
     * Requests per second that all processes together may send to the campaign, once for viewers with a valid token and
     * once for all others; undefined for unlimited.
     */
    readonly perSecond: number | undefined;
}

/** The viewer for whom the API calls the campaign. */
export interface AllowedViewer {
    readonly userId: string;
    /** Whether the request has the viewer's valid token or the API key. */
    readonly proven: boolean;
    /** The caller's addresses. */
    readonly addresses: readonly CountedAddress[];
}

/** Length in seconds of a window, the period in which requests count together. A burst may use all of its requests. */
const windowSeconds = 10;
/** Number of equal parts of a window's requests. A process reserves one part with one write to DynamoDB. */
const parts = 10;
/** Seconds after which a count expires in DynamoDB. */
const keptSeconds = 600;

/**
 * Limits the campaign requests that viewers may cause, because AWS bills each request above the minimum TPS. Caches do
 * not limit these requests, because a viewer can choose other parameters for each one. A viewer is proven if the
 * request has a valid token or the API key. All other viewers have one limit together, because a stranger can invent
 * any number of viewers, and each of their addresses has a share of it. Each proven viewer has a limit, and all proven
 * viewers have another limit together, which strangers cannot use up.
 */
export function campaignAllowance(parts: AllowanceParts) {
    const { perSecond, log } = parts;
    const unproven = sharedAllowance(parts, "campaign");
    const proven = sharedAllowance(parts, "campaign-proven");
    const viewers = periodCounts(parts);
    const addresses = periodCounts(parts, windowSeconds * 1000);
    const perWindow = Math.ceil((perSecond ?? 0) * windowSeconds);

    /** Counts a call for all names if each has room for it. Returns whether they have. */
    function take(
        counts: typeof viewers,
        named: readonly { readonly name: string; readonly limit: number }[],
    ): boolean {
        if (!named.every(({ name, limit }) => counts.hasRoom(name, limit, 1))) return false;
        for (const { name, limit } of named) {
            counts.add(name, limit, 1)?.catch((error: unknown) => {
                log({ failed: "count the campaign requests of a viewer", error: errorName(error) });
            });
        }
        return true;
    }

    const mayViewer = (userId: string) =>
        take(viewers, [{ name: `campaign#${userId}`, limit: campaignCallsPerViewer }]);
    const mayAddresses = (callers: readonly CountedAddress[]) =>
        take(
            addresses,
            callers.map(({ name, factor }) => {
                const share = Math.min(factor * shareOfAddress.address, shareOfAddress.network);
                return { name: `campaign-address#${name}`, limit: Math.ceil(perWindow * share) };
            }),
        );

    /** Checks whether one more request for the viewer is allowed. */
    return async (viewer: AllowedViewer): Promise<boolean> => {
        if (perSecond === undefined) return true;
        return viewer.proven
            ? mayViewer(viewer.userId) && (await proven())
            : mayAddresses(viewer.addresses) && (await unproven());
    };
}

/** Limits the requests of all processes together in a window. DynamoDB counts them under a name. */
function sharedAllowance(
    { table, tableResilience, clock, log, perSecond }: AllowanceParts,
    name: "campaign" | "campaign-proven",
) {
    const limit = Math.ceil((perSecond ?? 0) * windowSeconds);
    const part = Math.max(1, Math.ceil(limit / parts));
    let window: Window = { at: 0, left: 0, over: true };

    /**
     * Reserves requests for this process in DynamoDB: a tenth of the requests that all processes may send in 10
     * seconds. If DynamoDB cannot count the requests, reserves no more of them, except for `uncounted`.
     */
    async function count(into: Window, uncounted: number): Promise<void> {
        const expiresAt = into.at * windowSeconds + keptSeconds;
        try {
            const total = await tableResilience.later((signal) => table.count(name, into.at, part, expiresAt, signal));
            into.left += part - Math.min(part, Math.max(0, total - limit));
            into.over = total >= limit;
        } catch (error) {
            log({ failed: "count the campaign requests of all viewers", error: errorName(error) });
            into.left += uncounted;
            into.over = true;
        }
    }

    function take(into: Window, uncounted: number): void {
        into.taking = count(into, uncounted).finally(() => {
            into.taking = undefined;
        });
    }

    /** Checks whether one more request is allowed. */
    return async function allowed(): Promise<boolean> {
        const at = Math.floor(clock() / (windowSeconds * 1000));
        if (at !== window.at) {
            // While DynamoDB fails, each process may send a tenth of the requests.
            window = { at, left: 0, over: false };
            take(window, part);
        }
        const current = window;
        if (current.taking === undefined && !current.over && current.left <= part / 2) take(current, 0);
        const counted = current.taking;
        if (current.left === 0 && counted !== undefined) {
            await withTimeout(limits.table, () => counted).catch(() => undefined);
        }
        if (current.left === 0) return false;
        current.left -= 1;
        return true;
    };
}

interface Window {
    /** Number of the window, counted from 1970. */
    readonly at: number;
    /** Number of requests to the campaign that this process may still cause in the window. */
    left: number;
    /** Whether all processes together have used up the window's requests. */
    over: boolean;
    /** The running write to DynamoDB that reserves requests; undefined if there is none. */
    taking?: Promise<void> | undefined;
}

export type CampaignAllowance = ReturnType<typeof campaignAllowance>;
