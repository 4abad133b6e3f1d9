import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import type { StackConfig } from "../../../config/config.ts";
import { describe } from "../../../personalize/errors.ts";
import { recommend } from "../recommendations/recommendations.ts";
import type { Metrics } from "./versions.ts";

/** The metric that the gate judges by. */
export const judgedMetric = "normalized_discounted_cumulative_gain_at_10";

/** What is compared, each under the service's keys; null where there are no metrics. */
export interface Compared {
    readonly fresh: Metrics | null;
    readonly live: Metrics | null;
    readonly popularity: Metrics;
}

/**
 * Why a new version is not to be switched to; nothing when it may be. It may be a little worse than the live one, which
 * was measured on other data, and has to beat what everybody could do without a training.
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

/** Somebody whom no data has. */
const unknownUser = "movie-recommender-smoke-test";
const numResults = 10;

/**
 * What is wrong with the campaign's answers; undefined when nothing is. Known users and an unknown one must get items
 * of the data without an error, and not all known users the same ones.
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
            return `user ${user} gets an error: ${describe(error)}`;
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
