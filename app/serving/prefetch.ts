import type { StackConfig } from "../../core/config/config.ts";
import { type Experiment, isControl, subjectId } from "./experiment.ts";
import { errorName } from "./failures.ts";
import { judgeFreshness, listKey } from "./freshness.ts";
import { itemsWithout } from "./item-scores.ts";
import { askedLength, type Limits, listLength } from "./limits.ts";
import type { CampaignPort, KeptList, Log, Recent, TablePort } from "./ports.ts";
import { epochHour } from "./traffic.ts";
import { watchedIds } from "./viewers.ts";

export interface Asked {
    readonly userId: string;
    readonly requests: number;
}

export interface PrefetchPorts {
    readonly campaign: Pick<CampaignPort, "ask" | "describe">;
    readonly table: Pick<TablePort, "viewer" | "putList" | "stack">;
    /** Returns the viewers whose lists were requested most in an hour (epoch hours), at most `most`. */
    asked(hour: number, most: number): Promise<readonly Asked[]>;
    /** Returns the requests per second in the busiest five minutes of the last hour. */
    busiestTPS(): Promise<number>;
    /** Returns the time in epoch milliseconds. */
    clock(): number;
    wait(milliseconds: number): Promise<void>;
    readonly log: Log;
}

/** Returns the values of the stack's configuration that the prefetch function needs: the maximum number of viewers. */
export const pickPrefetchValues = (config: StackConfig) => ({ viewers: config.prefetchUsers });

export interface PrefetchWish extends ReturnType<typeof pickPrefetchValues> {
    /** Deadline in epoch milliseconds. */
    readonly until: number;
    /** ARN of the filter for the precomputed lists; empty for lists without a filter. */
    readonly watchedFilterArn: string;
    readonly limits: Limits;
    /** The running experiment. Its control group gets no lists of the campaign. */
    readonly experiment?: Experiment;
}

export interface Prefetched {
    /** Number of requests that the campaign answered. */
    readonly asked: number;
    readonly wellAlready: number;
    /** Why the prefetch function did not process all viewers; absent if it did. */
    readonly stopped?: "no campaign" | "no room" | "out of time" | "throttled or failed";
}

/** Hours of traffic from which the prefetch function chooses the busiest viewers. */
const hoursOfTraffic = 24;
/**
 * Factor by which more viewers of each hour are read than lists are made, because a viewer may be busy over the day and
 * not in one hour. All rows of a day do not fit into the function's memory.
 */
const spare = 4;
/** Share of the unused minimum TPS that prefetch uses. The rest is for viewers. */
const share = 0.5;

/**
 * Returns the busiest viewers of these hours, busiest first. Equal counts are ordered by ID, so that the result is
 * stable.
 */
export function busiest(hours: readonly (readonly Asked[])[], count: number): string[] {
    const requests = new Map<string, number>();
    for (const { userId, requests: more } of hours.flat()) requests.set(userId, (requests.get(userId) ?? 0) + more);
    return [...requests]
        .sort(([a, requestCount], [b, others]) => others - requestCount || (a < b ? -1 : 1))
        .slice(0, count)
        .map(([userId]) => userId);
}

/**
 * Returns the milliseconds between two requests, so that the campaign stays within its minimum TPS, which is billed
 * anyway; undefined if viewers leave no unused TPS.
 */
export function computeRequestInterval(minProvisionedTPS: number, busiestTPS: number): number | undefined {
    const free = (minProvisionedTPS - busiestTPS) * share;
    return free > 0 ? 1000 / free : undefined;
}

/** Precomputes lists for the busiest viewers within the campaign's minimum TPS. Ends at the first failure. */
export async function prefetch(ports: PrefetchPorts, wish: PrefetchWish): Promise<Prefetched> {
    const { campaign, table, clock, wait, log } = ports;
    const { watchedFilterArn, limits, experiment } = wish;
    const signal = AbortSignal.timeout(Math.max(1, wish.until - clock()));
    const campaignStatus = await campaign.describe(signal);
    if (campaignStatus?.status !== "ACTIVE") return { asked: 0, wellAlready: 0, stopped: "no campaign" };
    const { solutionVersionArn: solutionVersion, minProvisionedTPS = 1 } = campaignStatus;
    const pace = computeRequestInterval(minProvisionedTPS, await ports.busiestTPS());
    if (pace === undefined) return { asked: 0, wellAlready: 0, stopped: "no room" };

    const hour = epochHour(clock());
    const most = wish.viewers * spare;
    const hours = await Promise.all(Array.from({ length: hoursOfTraffic }, (_, ago) => ports.asked(hour - ago, most)));
    const { flushed = 0 } = await table.stack(signal);

    /** Checks whether a list is fresh, and stays fresh until the next run of the prefetch function. */
    function isWell(list: KeptList, revision: number): boolean {
        const at = clock() + limits.fresh / 2;
        return judgeFreshness(list, { at, revision, solutionVersion, flushed }, limits) === "fresh";
    }

    async function makeList(userId: string, { revision, items }: Recent): Promise<KeptList | undefined> {
        const madeAt = clock();
        try {
            const filtered = watchedFilterArn !== "" && { filter: { arn: watchedFilterArn, values: {} } };
            const order = await campaign.ask({ userId, numResults: askedLength, context: {}, ...filtered }, signal);
            const without = new Set(watchedFilterArn === "" ? [] : watchedIds(items));
            const list = { ...order, items: itemsWithout(order.items, without, listLength) };
            const versionPart = solutionVersion !== undefined && { solutionVersion };
            return { ...list, key: plain, madeAt, revision, from: "precomputed", ...versionPart };
        } catch (error) {
            // Leave out the viewer's ID, which is private.
            log({ failed: "ask the campaign in advance", error: errorName(error) });
            return undefined;
        }
    }

    let [asked, wellAlready] = [0, 0];
    const getsList = ({ userId }: Asked) => !(experiment && isControl(experiment, subjectId(experiment, userId)));
    const asking = hours.map((counts) => counts.filter(getsList));
    for (const userId of busiest(asking, wish.viewers)) {
        if (clock() + pace >= wish.until) return { asked, wellAlready, stopped: "out of time" };
        const { recent, list } = await table.viewer(userId, plain, signal);
        if (list && isWell(list, recent.revision)) {
            wellAlready += 1;
            continue;
        }
        const newList = await makeList(userId, recent);
        if (newList === undefined) return { asked, wellAlready, stopped: "throttled or failed" };
        asked += 1;
        await table.putList(userId, newList, Math.ceil((newList.madeAt + limits.stale) / 1000), signal);
        await wait(pace);
    }
    return { asked, wellAlready };
}

const plain = listKey({ values: {}, context: {} });
