import { countItems } from "./histories.ts";
import { rowsWhere } from "./hyperparameters.ts";
import type { Interactions } from "./interactions.ts";
import { eventsByUser } from "./metrics.ts";
import { usersFor } from "./segment.ts";
import { fitModel } from "./train.ts";

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
    const rounded = (value: number) => Math.round(value * 1e4) / 1e4;
    return {
        coverage: rounded(reached.size / Math.max(1, interactions.userIds.length)),
        hits_at_1_percent: rounded(hits / Math.max(1, judged.length)),
        recall_at_1_percent: rounded(recall / Math.max(1, judged.length)),
    };
}
