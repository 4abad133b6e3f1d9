import type { PersonalizeRuntimeClient } from "@aws-sdk/client-personalize-runtime";
import { formatError } from "pulumi-personalize/errors";
import { recommend } from "../recommendations/recommendations.ts";

/** A user id that is not in the data. */
const unknownUser = "movie-recommender-smoke-test";
const numResults = 10;

/**
 * Returns a problem with the campaign's responses; undefined if there is none. Known users and an unknown user must get
 * items of the data without an error, and known users must not all get the same items.
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
            return `user ${user} gets an error: ${formatError(error)}`;
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
