import { countItems, type Interactions } from "./histories.ts";
import { rowsWhere } from "./hyperparameters.ts";
import { eventsByUser, rounded } from "./metrics.ts";
import type { Model } from "./model.ts";
import { eachRecent } from "./score.ts";
import { eachEntry } from "./sparse-rows.ts";
import { fitModel } from "./train.ts";

/**
 * Returns the users among `userIds` with the highest affinity to some items, best first. The affinity of a user is the
 * sum of the items' affinities to the user's history. `historyOf` returns a user's items, oldest first.
 */
export function usersFor(
    model: Model,
    items: readonly number[],
    count: number,
    userIds: readonly string[] = [...model.histories.keys()],
    historyOf: (userId: string) => readonly number[] = (userId) => model.histories.get(userId) ?? [],
): string[] {
    const worth = worthOfHistoryItems(model, items);
    const users = userIds.map((userId): [string, number] => {
        let sum = 0;
        eachRecent(model, historyOf(userId), (item, recency) => {
            sum += recency * (worth[item] as number);
        });
        return [userId, sum];
    });
    return users
        .sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1))
        .slice(0, count)
        .map(([userId]) => userId);
}

/**
 * Returns, for each item, the sum of its weights towards all wanted items. If a user has an event with the item, this
 * sum is added to the user's affinity to the wanted items.
 */
function worthOfHistoryItems(
    { itemIds, weights, neighbours, dense = itemIds.length }: Model,
    wanted: readonly number[],
) {
    const isWanted = new Uint8Array(itemIds.length);
    for (const item of wanted) isWanted[item] = 1;
    return Float64Array.from(itemIds, (_, item) => {
        let sum = 0;
        if (item < dense) {
            for (const other of wanted) if (other < dense) sum += weights[item * dense + other] as number;
        }
        if (neighbours) {
            eachEntry(neighbours, item, (other, value) => {
                if (isWanted[other]) sum += value;
            });
        }
        return sum;
    });
}

/** Share of each user's newest events that are the truth (Developer Guide, "Evaluating a solution version"). */
const TRUTH = 0.2;
/** Size of the evaluated segments, as a share of the users. */
const SEGMENT = 0.01;
/**
 * Segments are evaluated only for this many items, the most watched ones, because each segment takes a pass over all
 * users.
 */
const MOST_ITEMS = 200;

/**
 * Computes GetSolutionMetrics of the recipes of user segments, with the keys that a real account returned. A segment is
 * a hit if one of its users interacts with the item in the truth. Recall is the share of such users that the segment
 * contains.
 */
export function segmentMetrics(interactions: Interactions, recipeName: string): Record<string, number> {
    const events = eventsByUser(interactions);
    const cuts = events.map(({ length }) => Math.max(1, length - Math.floor(length * TRUTH)));
    const eventCounts = new Int32Array(interactions.userIds.length);
    const inTraining = interactions.users.map((user) => {
        eventCounts[user] = (eventCounts[user] as number) + 1;
        return (eventCounts[user] as number) <= (cuts[user] ?? 0) ? 1 : 0;
    });
    const training = rowsWhere(interactions, (row) => inTraining[row] === 1);
    const model = fitModel(training, recipeName);
    const truth = new Map<string, Set<string>>();
    for (const [user, ofUser] of events.entries()) {
        for (const { item } of ofUser.slice(cuts[user])) {
            const itemId = interactions.itemIds[item] ?? "";
            truth.set(itemId, (truth.get(itemId) ?? new Set()).add(interactions.userIds[user] ?? ""));
        }
    }
    const counts = countItems(interactions);
    const number = new Map(model.itemIds.map((itemId, item) => [itemId, item]));
    const judged = interactions.itemIds
        .map((itemId, item) => ({ itemId, count: counts[item] ?? 0 }))
        .filter(({ itemId }) => truth.has(itemId) && number.has(itemId))
        .sort((a, b) => b.count - a.count)
        .slice(0, MOST_ITEMS);
    const size = Math.max(1, Math.round(interactions.userIds.length * SEGMENT));
    const reached = new Set<string>();
    let hits = 0;
    let recall = 0;
    for (const { itemId } of judged) {
        const segment = usersFor(model, [number.get(itemId) ?? 0], size);
        const users = truth.get(itemId) ?? new Set();
        const right = segment.filter((userId) => users.has(userId)).length;
        for (const userId of segment) reached.add(userId);
        hits += right > 0 ? 1 : 0;
        recall += right / Math.min(users.size, size);
    }
    return {
        coverage: rounded(reached.size / Math.max(1, interactions.userIds.length)),
        hits_at_1_percent: rounded(hits / Math.max(1, judged.length)),
        recall_at_1_percent: rounded(recall / Math.max(1, judged.length)),
    };
}
