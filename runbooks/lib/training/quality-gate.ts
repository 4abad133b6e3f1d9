import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import type { StackConfig } from "../../../config/config.ts";
import { messageOf } from "../../../personalize/errors.ts";
import { recommend } from "../recommendations/recommendations.ts";
import type { Metrics } from "./versions.ts";

/** The metric of the gate. */
export const judgedMetric = "normalized_discounted_cumulative_gain_at_10";

/** Metrics to compare, by the service's keys; null without metrics. */
export interface Compared {
    readonly fresh: Metrics | null;
    readonly live: Metrics | null;
    readonly popularity: Metrics;
}

/**
 * Reasons against a switch to the new version; empty if it may serve. It may be slightly worse than the live version,
 * which was measured on other data, and must be better than the most popular items.
 */
export function refusals({ fresh, live, popularity }: Compared, thresholds: StackConfig["qualityGate"]): string[] {
    const reached = fresh?.[judgedMetric];
    if (reached === undefined) {
        return ["the service has no NDCG@10 of the new version, so it cannot be judged"];
    }
    const { maximumNdcgDrop, minimumNdcgOverPopularity } = thresholds;
    const lived = live?.[judgedMetric];
    const popular = popularity[judgedMetric] ?? 0;
    const least = (lived ?? 0) * (1 - maximumNdcgDrop / 100);
    const leastOver = popular * (1 + minimumNdcgOverPopularity / 100);
    return [
        ...(lived !== undefined && reached < least
            ? [
                  `its NDCG@10 of ${four(reached)} is below ${four(least)}, ` +
                      `${maximumNdcgDrop} % under the live version's ${four(lived)} (maximumNdcgDropPercent)`,
              ]
            : []),
        ...(reached < leastOver
            ? [
                  `its NDCG@10 of ${four(reached)} is below ${four(leastOver)}, ${minimumNdcgOverPopularity} % over ` +
                      `the ${four(popular)} of the most popular items (minimumNdcgOverPopularityPercent)`,
              ]
            : []),
    ];
}

const four = (value: number) => value.toFixed(4);

/** A user who is not in the data. */
const unknownUser = "movie-recommender-smoke-test";
const numResults = 10;

/**
 * A problem of the campaign's answers; undefined if there is none. Known users and an unknown one must get items of the
 * data without an error, and not all known users equal ones.
 */
export async function smokeProblem(
    client: PersonalizeRuntimeClient,
    campaignArn: string,
    knownUsers: readonly string[],
    itemIds: ReadonlySet<string>,
    signal: AbortSignal,
): Promise<string | undefined> {
    const lists: string[][] = [];
    for (const user of [...knownUsers, unknownUser]) {
        try {
            const ask = { campaignArn, users: [user], numResults, signal };
            const answer = await recommend({ client, titleOf: (itemId) => itemId }, ask);
            lists.push((answer[user] ?? []).map(({ itemId }) => itemId));
        } catch (error) {
            signal.throwIfAborted();
            return `user ${user} gets an error: ${messageOf(error)}`;
        }
        const list = lists.at(-1) ?? [];
        const strange = list.find((itemId) => !itemIds.has(itemId));
        if (list.length === 0 || strange !== undefined) {
            return `user ${user} gets ${strange === undefined ? "nothing" : `item ${strange}, which the data does not have`}`;
        }
    }
    const distinct = new Set(lists.slice(0, -1).map((list) => list.join(" ")));
    return knownUsers.length > 1 && distinct.size === 1 ? "all known users get the same items" : undefined;
}
