import type { Context } from "./context.ts";
import type { CampaignPort, CampaignStatus, StackItems } from "./ports.ts";
import { settled, withTimeout } from "./resilience.ts";
import type { ServedTables } from "./served-tables.ts";

/** Provides the campaign's status and version without a call to Personalize for each request. */
export interface CampaignWatch {
    /**
     * Returns the known status. The first call of a process waits for DynamoDB and for the version's fallback tables,
     * at most `patience` milliseconds. Later calls wait only if the process had no request for a while, because Lambda
     * freezes it meanwhile: the campaign may have been resumed, and items hidden, long ago.
     */
    state(patience?: number): Promise<StackItems & { readonly away: boolean }>;
    /**
     * Reports that a call found a resource missing: the campaign, or a filter that the caller named. Only Personalize's
     * description of the campaign then says whether the campaign is away.
     */
    missing(): void;
    /** Checks whether an operator hid an item from all lists. */
    isHidden(itemId: string): boolean;
}

export interface WatchParts extends Context {
    /**
     * The call that reads the campaign's status; undefined in a stack that serves lists of batch inference, without a
     * campaign.
     */
    readonly campaign: Pick<CampaignPort, "describe"> | undefined;
    readonly served: ServedTables;
    /** Receives work for which no request waits. */
    readonly background: (work: Promise<unknown>) => void;
}

/**
 * Checks whether the campaign cannot answer. During an update, the campaign stays ACTIVE and serves its old version.
 */
const isAway = (observed: CampaignStatus | undefined) => observed !== undefined && observed.status !== "ACTIVE";

/**
 * Returns the version whose lists and tables the API serves. While a campaign is created or deleted, this is the
 * version that was served before.
 */
const versionServed = (observed: Partial<CampaignStatus> | undefined, before: string | undefined) =>
    (observed?.status === "ACTIVE" ? observed.solutionVersionArn : before) ?? observed?.solutionVersionArn;

/**
 * Watches the campaign: reads its status from DynamoDB, and calls Personalize in the background. Switches to a new
 * version together with its fallback tables. Logs failures.
 */
export function campaignWatch(parts: WatchParts): CampaignWatch {
    const { campaign, table, tableResilience, served, clock, log, limits, background } = parts;
    let items: StackItems = {};
    let readAt: number | undefined;
    let missingAt: number | undefined;
    let everRead = false;
    let polling: Promise<void> | undefined;
    const away = () => campaign === undefined || isAway(items.campaign);
    /** Checks whether the status may change at any time, so that the process asks for it more often. */
    const isUncertain = () => away() || missingAt !== undefined;
    const versionIn = ({ campaign: storedCampaign, lists }: StackItems) =>
        (campaign === undefined ? lists : storedCampaign)?.solutionVersionArn;

    /** Switches to the status that was read and to the tables of its version. */
    async function take(stackItems: StackItems): Promise<void> {
        const use = await served.follow(versionIn(stackItems));
        use();
        items = stackItems;
        if (missingAt !== undefined && (stackItems.campaign?.checkedAt ?? 0) > missingAt) missingAt = undefined;
    }

    async function read(): Promise<void> {
        readAt = clock();
        try {
            const stackItems = await (everRead
                ? tableResilience.ask((signal) => table.stack(signal))
                : withTimeout(limits.firstRead, (signal) => table.stack(signal)));
            // Before the first check, the API does not know which version the campaign serves. The newest version may
            // have been rejected.
            if (campaign !== undefined && stackItems.campaign === undefined) items = stackItems;
            else await take(stackItems);
        } catch (error) {
            log({ failed: "read the campaign's status from the table", error: String(error) });
        }
    }

    async function check(): Promise<void> {
        if (campaign === undefined) return;
        const before = items.campaign?.checkedAt;
        const intervalMs = isUncertain() ? limits.awayChecked : limits.campaignChecked;
        const checkedAt = clock();
        if (before !== undefined && checkedAt - before < intervalMs) return;
        const patience = everRead ? limits.background : limits.firstRead;
        const observed = await withTimeout(patience, (signal) => campaign.describe(signal));
        const solutionVersionArn = versionServed(observed, items.campaign?.solutionVersionArn);
        const activeAt = observed?.status === "ACTIVE" ? checkedAt : items.campaign?.activeAt;
        const noted = {
            ...{ status: "", ...observed, checkedAt },
            ...(activeAt !== undefined && { activeAt }),
            ...(solutionVersionArn !== undefined && { solutionVersionArn }),
        };
        await take({ ...items, campaign: noted });
        await tableResilience.later((signal) => table.putCampaign(noted, before, signal));
    }

    /**
     * Reads the status from DynamoDB, and calls Personalize in the background. The first request waits for both if
     * DynamoDB has no status yet or a status without a campaign, or does not answer.
     */
    function poll(): Promise<void> {
        const reading = read();
        const checking = reading
            .then(check)
            .catch(async (error: unknown) => {
                log({ failed: "describe the campaign", error: String(error) });
                (await served.follow(versionIn(items)))();
            })
            .finally(() => {
                polling = undefined;
            });
        background(checking);
        return reading
            .then(() => (campaign !== undefined && (items.campaign === undefined || away()) ? checking : undefined))
            .finally(() => {
                everRead = true;
            });
    }

    return {
        async state(patience = limits.unstarted) {
            const intervalMs = campaign !== undefined && isUncertain() ? limits.awayRead : limits.campaignRead;
            const age = readAt === undefined ? Number.POSITIVE_INFINITY : clock() - readAt;
            if (polling === undefined && age >= intervalMs) polling = poll();
            const isOutdated = age >= limits.trusted;
            if ((!everRead || isOutdated) && polling !== undefined) {
                await settled([polling], everRead ? limits.campaign : patience);
            }
            // A process without fallback tables cannot answer from them, so the request waits for another attempt to
            // load them.
            for (let left = 2; left > 0 && served.current().itemCount === 0; left--) {
                await settled([take(items)], limits.withoutTables);
            }
            return { ...items, away: away() };
        },
        missing() {
            missingAt ??= clock();
        },
        isHidden(itemId) {
            const until = items.hidden?.get(itemId);
            return until !== undefined && (until === 0 || until > clock());
        },
    };
}
